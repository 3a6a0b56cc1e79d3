#!/usr/bin/env python3
"""tests/support/make_models.py
   Trains small CatBoost and XGBoost models and writes what those libraries themselves predict with them.

usage: tests/support/make_models.py fixtures DIR --xgboost LIB...
       tests/support/make_models.py check TIPOFF --xgboost LIB... [--models N] [--rows N] [--seed N]

Run by hand when models or rows are to change: the build and the tests read only the files. It needs the
Python packages catboost and numpy; LIB is a libxgboost.so (of Debian's libxgboost0, of the package
xgboost-cpu), used through its C interface so that any version will do.

fixtures writes DIR: a model a file, inputs.csv with rows for all of them (a model takes the first columns
that it has features), expected.csv with a column a model that is read and its library's prediction for
every row, described.csv with what these models are, refused.csv with those that are to be refused, VERSIONS
with what made them. check trains N random models of each library, predicts random rows with both sides, and
fails unless CatBoost's predictions agree to 1e-6 and XGBoost's to the bit. The same versions write the same
files, but for random ids within no_text.cbm and no_embedding.cbm.
"""

import argparse
import ctypes
import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import catboost
import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor, Pool

ROOT = Path(__file__).resolve().parents[2]
FLT_MAX = np.finfo(np.float32).max
TOLERANCE = 1e-6


def feature_names(count):
    text = (ROOT / "workers/features/feature_contract.c").read_text(encoding="utf-8")
    names = re.findall(r'^    \{"(\w+)", CATEGORY_', text, re.M)
    return (names + [f"extra_{i}" for i in range(count)])[:count]


def random_rows(rng, count, width, missing):
    """float32 rows; each column has a scale of its own, and every fifth has few distinct values."""
    scale = 10.0 ** np.random.default_rng(5).uniform(-1.5, 1.5, 1000)[:width]
    rows = rng.normal(size=(count, width)) * scale + scale
    rows[:, 4::5] = np.round(rows[:, 4::5] / scale[4::5])
    rows[rng.random(rows.shape) < missing] = np.nan
    return rows.astype(np.float32)


def target_of(rng, rows):
    x = np.nan_to_num(rows / (np.abs(np.nanmean(rows, axis=0)) + 1e-9), nan=2.0)
    weights = np.random.default_rng(7).normal(size=1000)[: rows.shape[1]]
    return (15 + x @ weights + 4 * (x[:, 0] > 1) * (x[:, -1] > 0.5) + rng.normal(size=len(rows))).astype(np.float32)


# ---- CatBoost ----


def train_catboost(
    rng, features, missing, named=True, rows=1500, scale_and_bias=None, kind=CatBoostRegressor, **params
):
    x = random_rows(rng, rows, features, missing)
    y = target_of(rng, x)
    if kind is CatBoostClassifier:
        classes = params.pop("classes")
        y = np.digitize(y, np.quantile(y, np.linspace(0, 1, classes + 1)[1:-1]))
    model = kind(thread_count=1, allow_writing_files=False, verbose=0, random_seed=42, **params)
    model.fit(Pool(x, y, feature_names=feature_names(features) if named else None))
    if scale_and_bias:
        model.set_scale_and_bias(*scale_and_bias)
    return model


def save_catboost(model, path, form="cbm", is_whole=False):
    """Without what is different in every training and, unless it is to be whole, the training's options."""
    info = model.get_metadata()
    if not is_whole and info.get("params"):
        info["loss_function"] = json.dumps(json.loads(info["params"])["loss_function"])
    for key in list(info.keys()):
        if (
            key.startswith("model")
            and ":" in key
            or not is_whole
            and key in ("output_options", "training", "class_params", "params")
        ):
            del info[key]
    for key, value in (
        ("model_guid", "00000000-00000000-00000000-00000000"),
        ("train_finish_time", "2025-01-01T00:00:00Z"),
    ):
        if key in info:
            info[key] = value
    if "catboost_version_info" in info:
        info["catboost_version_info"] = f"CatBoost release {catboost.__version__}"
    model.save_model(str(path), format=form)


def catboost_predictions(model, rows):
    return model.predict(rows, prediction_type="RawFormulaVal", thread_count=1)


def borders_of(model):
    """All borders by feature, as the library says them."""
    return model.get_borders()


# ---- XGBoost, by its C interface ----


class XGBoost:
    def __init__(self, path):
        self.lib = ctypes.CDLL(str(path))
        self.lib.XGBGetLastError.restype = ctypes.c_char_p
        major, minor, patch = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        self.lib.XGBoostVersion(ctypes.byref(major), ctypes.byref(minor), ctypes.byref(patch))
        self.version = (major.value, minor.value, patch.value)

    def call(self, name, *args):
        if getattr(self.lib, name)(*args) != 0:
            raise RuntimeError(f"{name}: {self.lib.XGBGetLastError().decode()}")

    def matrix(self, rows, labels=None, names=None, types=None):
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        handle = ctypes.c_void_p()
        self.call(
            "XGDMatrixCreateFromMat",
            rows.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_uint64(rows.shape[0]),
            ctypes.c_uint64(rows.shape[1]),
            ctypes.c_float(np.nan),
            ctypes.byref(handle),
        )
        if labels is not None:
            labels = np.ascontiguousarray(labels, dtype=np.float32)
            self.call(
                "XGDMatrixSetFloatInfo",
                handle,
                b"label",
                labels.ctypes.data_as(ctypes.c_void_p),
                ctypes.c_uint64(len(labels)),
            )
        for field, texts in ((b"feature_name", names), (b"feature_type", types)):
            if texts:
                array = (ctypes.c_char_p * len(texts))(*[t.encode() for t in texts])
                self.call("XGDMatrixSetStrFeatureInfo", handle, field, array, ctypes.c_uint64(len(texts)))
        return handle

    def train(self, rows, labels, rounds, params, names=None, types=None):
        data, booster = self.matrix(rows, labels, names, types), ctypes.c_void_p()
        self.call("XGBoosterCreate", (ctypes.c_void_p * 1)(data), ctypes.c_uint64(1), ctypes.byref(booster))
        for key, value in {"nthread": 1, "seed": 42, "verbosity": 0, **params}.items():
            self.call("XGBoosterSetParam", booster, key.encode(), str(value).encode())
        for i in range(rounds):
            self.call("XGBoosterUpdateOneIter", booster, ctypes.c_int(i), data)
        if names:
            array = (ctypes.c_char_p * len(names))(*[t.encode() for t in names])
            self.call("XGBoosterSetStrFeatureInfo", booster, b"feature_name", array, ctypes.c_uint64(len(names)))
        return booster

    def predict(self, booster, rows):
        length, result = ctypes.c_uint64(), ctypes.POINTER(ctypes.c_float)()
        data = self.matrix(rows)
        self.call("XGBoosterSetStrFeatureInfo", booster, b"feature_name", None, ctypes.c_uint64(0))
        self.call(
            "XGBoosterPredict",
            booster,
            data,
            ctypes.c_int(0),
            ctypes.c_uint(0),
            ctypes.c_int(0),
            ctypes.byref(length),
            ctypes.byref(result),
        )
        return np.array(result[: length.value], dtype=np.float32)

    def save(self, booster, path):
        self.call("XGBoosterSaveModel", booster, str(path).encode())


def thresholds_of(path):
    """All split conditions by feature of a model in XGBoost's JSON."""
    found = {}
    for tree in json.loads(Path(path).read_text(encoding="utf-8"))["learner"]["gradient_booster"]["model"]["trees"]:
        for node, left in enumerate(tree["left_children"]):
            if left != -1:
                found.setdefault(tree["split_indices"][node], []).append(tree["split_conditions"][node])
    return found


# ---- what a model is ----

DESCRIBED = ["model", "kind", "features", "trees", "depths", "splits", "borders", "scale", "bias"]


def depths_text(depths):
    return " ".join(f"{d}:{depths.count(d)}" for d in sorted(set(depths)))


def describe_catboost(model):
    """As the library says it."""
    borders, depths = borders_of(model), [int(n).bit_length() - 1 for n in model.get_tree_leaf_counts()]
    scale, bias = model.get_scale_and_bias()
    return [
        "catboost",
        max(borders) + 1,
        len(depths),
        depths_text(depths),
        sum(depths),
        sum(map(len, borders.values())),
        repr(float(scale)),
        repr(float(bias)),
    ]


def describe_xgboost(path):
    """As the file says it."""
    learner = json.loads(path.read_text(encoding="utf-8"))["learner"]
    trees, thresholds = learner["gradient_booster"]["model"]["trees"], thresholds_of(path)

    def depth(tree, node):
        left = tree["left_children"][node]
        return 0 if left == -1 else 1 + max(depth(tree, left), depth(tree, tree["right_children"][node]))

    return [
        "xgboost",
        int(learner["learner_model_param"]["num_feature"]),
        len(trees),
        depths_text([depth(t, 0) for t in trees]),
        sum(map(len, thresholds.values())),
        sum(len(set(map(np.float32, v))) for v in thresholds.values()),
        "1.0",
        repr(float(np.float32(learner["learner_model_param"]["base_score"].strip("[]")))),
    ]


# ---- rows ----


def rows_on_borders(rng, borders, width, count):
    """Values exactly on borders, where only a strict comparison is right, and one step above."""
    rows = random_rows(rng, count, width, 0.05)
    for row in rows:
        for feature, values in borders.items():
            if len(values) > 0 and feature < width:
                row[feature] = np.float32(values[int(rng.integers(len(values)))])
        row[:] = np.where(rng.integers(2, size=width), row, np.nextafter(row, np.float32(np.inf), dtype=np.float32))
    rows[np.isinf(rows)] = FLT_MAX
    return rows


def special_rows(width):
    values = [np.nan, 0.0, -0.0, FLT_MAX, -FLT_MAX, np.float32(1e-45)]
    return np.array([[v] * width for v in values], dtype=np.float32)


def text_of(value):
    if np.isnan(value):
        return ""
    text = str(np.float32(value))
    assert np.float32(float(text)).tobytes() == np.float32(value).tobytes(), (text, value)
    return text


def write_table(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def write_rows(path, names, rows):
    write_table(path, names, ([text_of(v) for v in row] for row in rows))


# ---- fixtures ----


def catboost_fixtures(rng):
    """name, model, number of features, forms."""
    both = ("cbm", "json")
    trained = [
        ("cat_depth1", 33, ("cbm",), dict(depth=1, iterations=24, border_count=254, nan_mode="Min", missing=0.1)),
        (
            "cat_depth2",
            37,
            ("json", "cbm"),
            dict(depth=2, iterations=8, border_count=32, nan_mode="Max", missing=0.1, loss_function="MAE"),
        ),
        (
            "cat_depth3",
            5,
            both,
            dict(
                depth=3,
                iterations=6,
                border_count=8,
                nan_mode="Min",
                missing=0.1,
                named=False,
                scale_and_bias=(-0.75, 20.125),
            ),
        ),
        (
            "cat_depth4",
            33,
            ("cbm",),
            dict(
                depth=4,
                iterations=12,
                border_count=128,
                nan_mode="Max",
                missing=0.2,
                loss_function="Quantile:alpha=0.7",
            ),
        ),
        ("cat_depth5", 37, ("cbm",), dict(depth=5, iterations=6, border_count=16, nan_mode="Forbidden", missing=0)),
        (
            "cat_depth6",
            33,
            ("cbm",),
            dict(depth=6, iterations=6, border_count=64, nan_mode="Min", missing=0.1, scale_and_bias=(1.5, -2.25)),
        ),
        (
            "cat_depth7",
            37,
            ("cbm",),
            dict(depth=7, iterations=3, border_count=64, nan_mode="Max", missing=0.1, boost_from_average=False),
        ),
        (
            "cat_depth8",
            33,
            ("cbm",),
            dict(depth=8, iterations=2, border_count=254, nan_mode="Min", missing=0.1, named=False),
        ),
        ("cat_depth9", 33, ("cbm",), dict(depth=9, iterations=1, border_count=254, nan_mode="Max", missing=0.1)),
        (
            "cat_many_borders",
            1,
            ("cbm",),
            dict(depth=2, iterations=215, border_count=1000, nan_mode="Min", missing=0.1, rows=6000, learning_rate=0.6),
        ),
    ]
    found = [(name, train_catboost(rng, width, **params), width, forms) for name, width, forms, params in trained]
    small = [train_catboost(rng, 33, 0.1, depth=d, iterations=3, border_count=20, nan_mode="Min") for d in (1, 3, 5)]
    found.append(("cat_unequal_depths", catboost.sum_models(small, weights=[1.0, 0.5, -0.25]), 33, ("cbm",)))
    few = train_catboost(rng, 37, 0.1, depth=3, iterations=5, border_count=20, nan_mode="Max", named=False)
    few.drop_unused_features()
    found.append(("cat_unused_dropped", few, 37, both))
    return found


def refused_catboost(rng):
    """name, model, forms, what the refusal says."""
    x = random_rows(rng, 400, 3, 0)
    y = target_of(rng, x)
    kinds = np.array(["a", "b", "c"])[np.digitize(x[:, 0], np.quantile(x[:, 0], [0.3, 0.6]))]
    texts = np.where(y > np.median(y), "good strong fast", "slow weak hurt")
    vectors = [[float(v) for v in row[:2]] for row in x]
    mixed = [[float(a), k] for a, k in zip(x[:, 1], kinds)]
    common = dict(iterations=3, depth=2, verbose=0, thread_count=1, allow_writing_files=False, random_seed=42)
    yield "no_categorical", CatBoostRegressor(**common).fit(Pool(mixed, y, cat_features=[1])), (
        "cbm",
        "json",
    ), "categorical"
    few = slice(0, 60)
    yield "no_text", CatBoostRegressor(**common).fit(
        Pool([[float(a), t] for a, t in zip(x[few, 1], texts[few])], y[few], text_features=[1])
    ), ("cbm",), "text"
    yield "no_embedding", CatBoostClassifier(**common).fit(
        Pool(
            [[float(a), v] for a, v in zip(x[few, 1], vectors[few])],
            (y > np.median(y)).astype(int)[few],
            embedding_features=[1],
        )
    ), ("cbm",), "embedding"
    yield "no_depthwise", CatBoostRegressor(grow_policy="Depthwise", **common).fit(x, y), ("cbm", "json"), "symmetric"
    yield "no_lossguide", CatBoostRegressor(grow_policy="Lossguide", max_leaves=4, **{**common, "depth": 4}).fit(
        x, y
    ), ("cbm",), "symmetric"
    yield "no_multiclass", CatBoostClassifier(loss_function="MultiClass", **common).fit(
        x, np.digitize(y, np.quantile(y, [0.3, 0.6]))
    ), ("cbm", "json"), "dimension"
    yield "no_logloss", CatBoostClassifier(**common).fit(x, (y > np.median(y)).astype(int)), ("cbm",), "Logloss"
    yield "no_poisson", CatBoostRegressor(loss_function="Poisson", **common).fit(x, np.abs(y)), (
        "cbm",
        "json",
    ), "Poisson"


def xgboost_fixtures(rng, lib):
    """name, features, names, rounds, parameters; of one version of the library."""
    of = f"xgb{lib.version[0]}"
    cases = [
        (f"{of}_depth3", 37, False, 4, dict(max_depth=3, eta=0.3)),
        (f"{of}_depth5", 33, True, 2, dict(max_depth=5, eta=0.3, base_score=12.3)),
        (f"{of}_absolute", 5, True, 6, dict(max_depth=2, objective="reg:absoluteerror")),
    ]
    if lib.version[0] == 1:
        cases += [
            (
                f"{of}_lossguide",
                33,
                True,
                3,
                dict(max_depth=0, max_leaves=24, grow_policy="lossguide", tree_method="hist"),
            ),
            (f"{of}_forest", 33, False, 1, dict(max_depth=3, num_parallel_tree=6, subsample=0.5, eta=1)),
            (f"{of}_huber", 5, False, 5, dict(max_depth=2, objective="reg:pseudohubererror")),
        ]
    else:
        cases += [(f"{of}_quantile", 5, False, 5, dict(max_depth=2, objective="reg:quantileerror", quantile_alpha=0.6))]
    for name, width, named, rounds, params in cases:
        x = random_rows(rng, 1500, width, 0.1)
        names = feature_names(width) if named else None
        yield name, lib.train(x, target_of(rng, x), rounds, params, names), width, names


def refused_xgboost(rng, lib):
    x = random_rows(rng, 300, 3, 0.1)
    y = target_of(rng, x)
    binary, kinds = (y > np.median(y)).astype(np.float32), np.digitize(y, np.quantile(y, [0.3, 0.6])).astype(np.float32)
    of = f"xgb{lib.version[0]}"
    if lib.version[0] == 1:
        yield "no_dart", "json", lib.train(x, y, 2, dict(booster="dart", max_depth=2)), "dart"
        yield "no_linear", "json", lib.train(np.nan_to_num(x), y, 2, dict(booster="gblinear")), "gblinear"
        yield "no_softprob", "json", lib.train(
            x, kinds, 1, dict(objective="multi:softprob", num_class=3, max_depth=2)
        ), "multi:softprob"
        yield "no_binary_form", "deprecated", lib.train(x, y, 1, dict(max_depth=1)), "binary"
    else:
        cats = x.copy()
        cats[:, 0] = np.digitize(np.nan_to_num(x[:, 0]), np.nanquantile(x[:, 0], [0.2, 0.4, 0.6, 0.8]))
        yield "no_categories", "json", lib.train(
            cats, y, 2, dict(max_depth=2, tree_method="hist", max_cat_to_onehot=1), types=["c", "q", "q"]
        ), "categorical"
        yield "no_ubjson", "ubj", lib.train(x, y, 1, dict(max_depth=1)), "UBJSON"
    yield f"no_{of}_logistic", "json", lib.train(
        x, binary, 2, dict(objective="binary:logistic", max_depth=2)
    ), "binary:logistic"


def make_fixtures(folder, libs):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    rng = np.random.default_rng(20250101)
    width = 37
    described, rows, expected, refused, models = (
        [],
        [random_rows(rng, 14, width, 0), random_rows(rng, 10, width, 0.4), special_rows(width)],
        {},
        [],
        [],
    )
    for name, model, features, forms in catboost_fixtures(rng):
        for form in forms:
            save_catboost(
                model, folder / f"{name}.{form}", form, f"{name}.{form}" in ("cat_depth6.cbm", "cat_depth2.json")
            )
            described.append([f"{name}.{form}", *describe_catboost(model)])
            models.append((f"{name}.{form}", features, lambda x, m=model: catboost_predictions(m, x)))
        rows.append(rows_on_borders(rng, borders_of(model), width, 1))
    for lib in libs:
        for name, booster, features, names in xgboost_fixtures(rng, lib):
            path = folder / f"{name}.json"
            lib.save(booster, path)
            described.append([path.name, *describe_xgboost(path)])
            models.append((path.name, features, lambda x, b=booster, l=lib: l.predict(b, x)))
            rows.append(rows_on_borders(rng, thresholds_of(path), width, 1))
        for name, form, booster, why in refused_xgboost(rng, lib):
            lib.save(booster, folder / f"{name}.{form}")
            refused.append((f"{name}.{form}", why))
    for name, model, forms, why in refused_catboost(rng):
        for form in forms:
            save_catboost(
                model, folder / f"{name}.{form}", form, (name, form) in (("no_logloss", "cbm"), ("no_poisson", "cbm"))
            )
            refused.append((f"{name}.{form}", why))
    rows = np.concatenate(rows)
    for name, features, predict in models:
        expected[name] = predict(rows[:, :features])
    write_rows(folder / "inputs.csv", feature_names(width), rows)
    write_table(folder / "expected.csv", expected, ([repr(float(v)) for v in row] for row in zip(*expected.values())))
    write_table(folder / "described.csv", DESCRIBED, described)
    write_table(folder / "refused.csv", ["model", "reason"], refused)
    versions = [f"catboost {catboost.__version__}", f"numpy {np.__version__}"] + [
        f"libxgboost {'.'.join(map(str, l.version))}" for l in libs
    ]
    (folder / "VERSIONS").write_text("\n".join(versions) + "\n", encoding="utf-8")
    print(
        f"{len(models)} models, {len(rows)} rows, {len(refused)} to be refused, "
        f"{sum(p.stat().st_size for p in folder.iterdir())} bytes"
    )


# ---- check ----


def tipoff_predictions(tipoff, model, rows, names, folder):
    write_rows(folder / "rows.csv", names, rows)
    subprocess.run(
        [
            tipoff,
            "model",
            "predict",
            "--model",
            str(model),
            "--input",
            str(folder / "rows.csv"),
            "--output",
            str(folder / "out.csv"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return np.array([float(v) for v in (folder / "out.csv").read_text(encoding="utf-8").split()[1:]])


def check_catboost(rng, tipoff, folder, row_count):
    width, depth = int(rng.choice([1, 2, 5, 33, 37, 60])), int(rng.integers(1, 9))
    mode, named = str(rng.choice(["Min", "Max", "Forbidden"])), bool(rng.integers(2))
    params = dict(
        depth=depth,
        iterations=int(rng.choice([1, 10, 50, 200, 1000])),
        border_count=int(rng.choice([1, 8, 32, 128, 254, 700])),
        nan_mode=mode,
        missing=0 if mode == "Forbidden" else float(rng.choice([0, 0.1, 0.5])),
        named=named,
        scale_and_bias=[None, (float(rng.normal()), float(rng.normal() * 10))][int(rng.integers(2))],
        loss_function=str(rng.choice(["RMSE", "MAE", "Quantile:alpha=0.3", "Huber:delta=2", "MAPE"])),
    )
    model = train_catboost(rng, width, **params)
    rows = np.concatenate(
        [
            random_rows(rng, row_count // 2, width, 0),
            random_rows(rng, row_count // 2, width, 0.4),
            rows_on_borders(rng, borders_of(model), width, 200),
            special_rows(width),
        ]
    )
    wanted, worst = catboost_predictions(model, rows), 0.0
    for form in ("cbm", "json"):
        save_catboost(model, folder / f"m.{form}", form)
        got = tipoff_predictions(tipoff, folder / f"m.{form}", rows, feature_names(width), folder)
        worst = max(worst, float(np.max(np.abs(got - wanted))))
    print(
        f"catboost {catboost.__version__} {width:2} features, {model.tree_count_:4} trees of depth {depth}, "
        f"{params['border_count']:3} borders, {mode:9} "
        f"{params['loss_function']:18} {len(rows)} rows: largest difference {worst:.3g}"
    )
    return worst <= TOLERANCE, len(rows) * 2


def check_xgboost(rng, tipoff, folder, row_count, lib):
    width, rounds = int(rng.choice([1, 2, 5, 33, 37, 60])), int(rng.integers(1, 200))
    objective = str(
        rng.choice(["reg:squarederror", "reg:pseudohubererror", "reg:absoluteerror", "reg:squaredlogerror"])
    )
    params = dict(
        max_depth=int(rng.integers(1, 9)),
        eta=float(rng.choice([0.05, 0.3, 1.0])),
        objective=objective,
        tree_method=str(rng.choice(["hist", "exact", "approx"])),
        min_child_weight=float(rng.choice([0, 1, 20])),
    )
    if rng.integers(3) == 0:
        params.update(max_depth=0, max_leaves=int(rng.integers(2, 64)), grow_policy="lossguide", tree_method="hist")
    if rng.integers(2):
        params["base_score"] = round(float(rng.normal() * 10 + 15), 3) if objective != "reg:squaredlogerror" else 0.5
    x = random_rows(rng, 1500, width, float(rng.choice([0, 0.1, 0.5])))
    names = feature_names(width) if rng.integers(2) else None
    booster = lib.train(x, np.abs(target_of(rng, x)), rounds, params, names)
    path = folder / "m.json"
    lib.save(booster, path)
    rows = np.concatenate(
        [
            random_rows(rng, row_count // 2, width, 0),
            random_rows(rng, row_count // 2, width, 0.4),
            rows_on_borders(rng, thresholds_of(path), width, 200),
            special_rows(width),
        ]
    )
    wanted = lib.predict(booster, rows)
    got = tipoff_predictions(tipoff, path, rows, feature_names(width), folder).astype(np.float32)
    differ = int(np.sum(got.view(np.uint32) != wanted.view(np.uint32)))
    print(
        f"libxgboost {'.'.join(map(str, lib.version))} {width:2} features, {rounds:3} rounds, {objective:20} "
        f"{params['tree_method']:6} "
        f"depth {params['max_depth']}: {len(rows)} rows, {differ} differ"
    )
    return differ == 0, len(rows)


def check(args, libs):
    rng, failed, rows = np.random.default_rng(args.seed), 0, {}
    with tempfile.TemporaryDirectory() as name:
        for i in range(args.models):
            for lib in [None, *libs]:
                ok, count = (
                    check_catboost(rng, args.where, Path(name), args.rows)
                    if lib is None
                    else check_xgboost(rng, args.where, Path(name), args.rows, lib)
                )
                failed += not ok
                key = "catboost" if lib is None else "libxgboost " + ".".join(map(str, lib.version))
                rows[key] = rows.get(key, 0) + count
    print(", ".join(f"{k}: {v} predictions of {args.models} models" for k, v in rows.items()))
    total = args.models * (1 + len(libs))
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("what", choices=["fixtures", "check"])
    parser.add_argument("where")
    parser.add_argument("--xgboost", nargs="+", default=[])
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    libs = [XGBoost(p) for p in args.xgboost]
    if args.what == "fixtures":
        make_fixtures(Path(args.where), libs)
        return 0
    return check(args, libs)


sys.exit(main())
