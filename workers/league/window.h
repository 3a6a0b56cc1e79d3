/*
 * workers/league/window.h
 *    Which games a window of a player or a team should hold, and which of them are known.
 *
 * A hole of a player is a scheduled game before the date, of the team that he was with at the time,
 * of which that team has no complete box score, and in which he has no played row: he may have played,
 * and nobody knows. His windows are made of the games that he played and of his holes, newest first;
 * values rest on the played ones alone, and no older game takes the place of a hole. A game that he
 * sat out, by a complete box score, is in no window.
 *
 * He is with a team from his first game for it to his last, and between two games for different teams
 * with either; before his first game with the team of that game, after his newest with the team that
 * he plays for today.
 */
#ifndef TIPOFF_WORKERS_WINDOW_H
#define TIPOFF_WORKERS_WINDOW_H

#include "workers/league/league.h"

/* Games of a window that are known, and games that it should have. */
typedef struct {
    int32_t used, expected;
} WindowCount;

/* What may be said of a window: everything; something, with a mark; nothing. */
typedef enum { WINDOW_WHOLE, WINDOW_FLAGGED, WINDOW_SKIPPED } WindowVerdict;

/* Skipped below 70 percent, flagged below 100, whole at it; a window of no games is whole. */
WindowVerdict window_verdict(WindowCount w);
/* Percent of its games; 100 for a window of no games. */
double window_pct(WindowCount w);
/* The value, or NULL_F64 where the window is to be skipped. */
double window_value(WindowCount w, double value);
/* Likewise for a whole number. */
int32_t window_number(WindowCount w, int32_t value);

/* A player's games and holes before the view's date, each newest first. */
typedef struct {
    GameDate date; /* of the view */
    const PlayerGame *const *played;
    size_t played_count;
    const ScheduleGame *const *holes;
    size_t hole_count;
} PlayerHistory;

/* today: the team that he plays for on the date. player may be NULL: then there is nothing. Made in a;
 * borrows from the view. */
PlayerHistory player_history(const LeagueView *v, const LeaguePlayer *player, const char *today, Arena *a);

/* His newest n games. used of them are played[0..used). */
WindowCount history_newest(const PlayerHistory *h, size_t n);
/* Those with a date after date - days. */
WindowCount history_days(const PlayerHistory *h, int32_t days);
/* All of them. */
WindowCount history_season(const PlayerHistory *h);
/* How many games, played or not known, come before (are newer than) the hole. */
size_t history_hole_place(const PlayerHistory *h, size_t hole);

/* Ids of the holes, newest first; made in a, or static without one. */
TextArray history_hole_ids(const PlayerHistory *h, Arena *a);

/* The team's newest n scheduled games before the date; used are those with a complete box score. */
WindowCount team_window(const LeagueTeam *t, size_t n);

/* Names of columns whose window lacks a game, collected while a row is filled. */
enum { FIELD_NOTES_MAX = 32 };
typedef struct {
    const char *names[FIELD_NOTES_MAX];
    int32_t count;
    double worst_pct; /* of the windows that were noted; 100 without any */
    bool is_ready;    /* none of them was skipped */
} WindowNotes;

WindowNotes window_notes(void);
/* Notes a window, and the columns that rest on it, of a NULL-terminated list, when it is not whole. */
void window_note(WindowNotes *n, WindowCount w, const char *const *columns);
/* A column that rests on another row's columns. Once is enough: a name that is there stays once. */
void window_note_column(WindowNotes *n, const char *column);
/* The names in the order in which they were noted; made in a, or static without one. */
TextArray window_note_names(const WindowNotes *n, Arena *a);

/* Is the name among them? */
bool text_array_has(TextArray a, const char *name);

#endif
