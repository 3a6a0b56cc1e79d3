/*
 * ops/simulator/season_readme.h
 *    README.md of this folder as text, which every season carries with it.
 */
#ifndef TIPOFF_SIMULATOR_SEASON_README_H
#define TIPOFF_SIMULATOR_SEASON_README_H

extern const char season_readme[];

#endif
