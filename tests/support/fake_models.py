#!/usr/bin/env python3
"""Model files for a scenario, out of the fixtures: with the contract's names, of foreign features, and one that
predicts no number.

usage: fake_models.py FIXTURES OUT

Writes xgboost.json, catboost.json, foreign.json and endless.json into the folder OUT."""
import json
import sys
from pathlib import Path


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(path, model):
    path.write_text(json.dumps(model), encoding="utf-8")


def main():
    fixtures, out = Path(sys.argv[1]), Path(sys.argv[2])
    catboost, xgboost = read(fixtures / "cat_depth2.json"), read(fixtures / "xgb3_depth3.json")
    names = [f["feature_id"] for f in catboost["features_info"]["float_features"]]
    write(out / "catboost.json", catboost)
    xgboost["learner"]["feature_names"] = names
    xgboost["learner"]["feature_types"] = ["float"] * len(names)
    write(out / "xgboost.json", xgboost)
    xgboost["learner"]["feature_names"] = ["shoe_size"] + names[1:]
    write(out / "foreign.json", xgboost)
    for tree in catboost["oblivious_trees"]:
        tree["leaf_values"] = [1.7e308] * len(tree["leaf_values"])
    write(out / "endless.json", catboost)


main()
