"""Every published layout opens with the same answer; activities, granularities, splits and backgrounds are found."""

from __future__ import annotations

import hashlib
import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from datasets import LENGTHS, STEPS, frame_labels, layout, mapping_text, matrix, probe, save, segment_list, write

from core.data.dataset import BACKGROUND, UNLABELLED
from core.data.features import load_matrix
from core.data.labels import load_ground_truth
from core.data.layouts import scan
from core.data.npy import open_matrix
from core.errors import InputError


def names_of(dataset, video) -> list[str]:
    named = {int(a.id): a.name for a in dataset.actions} | {int(BACKGROUND): "bg", int(UNLABELLED): "?"}
    return [named[label] for label in load_ground_truth(dataset, video).tolist()]


def told(dataset) -> str:
    return "\n".join(map(str, dataset.problems))


@pytest.mark.parametrize("letter", "ABCDFH")
def test_every_layout_opens_equal(tmp_path, letter):
    dataset = scan(layout(tmp_path / "set", letter), probe=probe)
    assert dataset.layout == letter and not dataset.problems, told(dataset)
    assert [v.id for v in dataset.trainable] == list(LENGTHS)
    assert sorted(a.name for a in dataset.actions) == sorted(STEPS)
    for seed, video in enumerate(dataset.videos):
        n = LENGTHS[video.id]
        np.testing.assert_allclose(load_matrix(video), matrix(n, seed=seed), rtol=1e-6)
        assert names_of(dataset, video) == frame_labels(n)
        assert video.timebase.rate == (30 if letter == "D" else None)


def test_only_videos(tmp_path):
    dataset = scan(layout(tmp_path / "set", "E"), probe=probe)
    assert dataset.layout == "E" and not dataset.trainable and len(dataset.videos) == 3 and not dataset.actions
    assert [v.timebase.n_frames for v in dataset.videos] == list(LENGTHS.values())
    assert any("tot features" in finding for finding in dataset.findings)


def test_only_videos_in_folders_are_activities_with_paths_as_ids(tmp_path):
    for name in ("tea/a.mp4", "tea/b.mp4", "coffee/a.mp4"):
        write(tmp_path / name, "")
    dataset = scan(tmp_path, probe=probe, activity="tea")
    assert dataset.activities == ("coffee", "tea") and [v.id for v in dataset.videos] == ["tea/a", "tea/b"]


def test_ready_scores_are_no_features(tmp_path):
    dataset = scan(layout(tmp_path / "set", "G"), probe=probe)
    assert dataset.layout == "G" and not dataset.trainable and len(dataset.actions) == 3
    assert [open_matrix(v.scores).shape for v in dataset.videos] == [(n, 5) for n in LENGTHS.values()]
    assert "24 x 5" in " ".join(dataset.findings)


def test_scores_without_labels_make_the_grid(tmp_path):
    save(tmp_path / "scores" / "a.npy", matrix(12, 4))
    dataset = scan(tmp_path, probe=probe)
    assert dataset.videos[0].timebase.n_frames == 12 and not dataset.actions


@pytest.mark.parametrize(("style", "first"), [("commas", 1), ("dash", 1), ("dash", 0)])
def test_segment_lists_are_inclusive_and_may_count_from_0(tmp_path, style, first):
    root = layout(tmp_path / "set", "H")
    for name, n in LENGTHS.items():
        write(root / "labels" / f"{name}.txt", segment_list(frame_labels(n), style, first))
    dataset = scan(root, probe=probe)
    assert [names_of(dataset, v) for v in dataset.videos] == [frame_labels(n) for n in LENGTHS.values()]
    assert f"segments counted from {first}" in " ".join(dataset.findings)


def test_gaps_of_segment_lists_are_unlabelled(tmp_path):
    root = layout(tmp_path / "set", "H")
    write(root / "labels" / "clip_01.txt", "1, 10, reach, 0\n15, 24, place, 2\n")
    dataset = scan(root, probe=probe)
    assert names_of(dataset, dataset.videos[0]) == ["reach"] * 10 + ["?"] * 4 + ["place"] * 10
    assert "1 gaps are unlabelled" in told(dataset) and dataset.videos[0].is_trainable


def test_overlapping_segments_are_refused_by_line(tmp_path):
    root = layout(tmp_path / "set", "H")
    write(root / "labels" / "clip_01.txt", "1, 10, reach, 0\n10, 24, place, 2\n")
    dataset = scan(root, probe=probe)
    assert "labels/clip_01.txt, line 2: starts at 10, line 1 ends at 10." in told(dataset)
    assert dataset.videos[0].ground_truth is None and dataset.videos[1].ground_truth is not None


def test_columns_of_0_and_1_with_background_last(tmp_path):
    root = layout(tmp_path / "set", "H")
    for name, n in LENGTHS.items():
        rows = ["1 0 0 0"] * 5 + ["0 0 0 1"] * 4 + ["0 0 1 0"] * (n - 9)
        write(root / "labels" / f"{name}.txt", "\n".join(rows) + "\n")
    dataset = scan(root, probe=probe)
    assert names_of(dataset, dataset.videos[0]) == ["reach"] * 5 + ["bg"] * 4 + ["place"] * 15


def youtube(root: Path) -> Path:
    """Two activities of YouTube Instructions, names before the number, and label files of other features."""
    for number, activity in enumerate(("changing_tire", "jump_car")):
        for clip, n in ((1, 20), (2, 33)):
            name = f"{activity}_{clip:04}"
            save(root / "features" / f"{name}.txt", matrix(n, seed=clip))
            labels = ["-1"] * 4 + [str(15 * number + 1)] * (n - 8) + ["bg"] * 4
            write(root / "groundTruth" / name, "\n".join(labels))
            write(root / "groundTruth" / f"{name}_idt", "0\n")
    write(root / "mapping" / "mapping.txt", "".join(f"{i} step_{i}\n" for i in range(30)))
    return root


@pytest.mark.parametrize(("activity", "step"), [("changing_tire", "step_1"), ("jump_car", "step_16")])
def test_youtube_instructions(tmp_path, activity, step):
    dataset = scan(youtube(tmp_path), probe=probe, activity=activity)
    assert dataset.activities == ("changing_tire", "jump_car") and len(dataset.videos) == 2
    assert [a.name for a in dataset.actions] == [step]
    assert names_of(dataset, dataset.videos[0]) == ["bg"] * 4 + [step] * 12 + ["bg"] * 4
    assert "4 label files end in _idt" in told(dataset)


def test_an_activity_is_a_whole_word(tmp_path):
    for name, n in (("P1_tea", 9), ("P2_tea", 11), ("P1_icetea", 12), ("P2_icetea", 14)):
        save(tmp_path / "features" / f"{name}.npy", matrix(n))
    assert [v.id for v in scan(tmp_path, probe=probe, activity="tea").videos] == ["P1_tea", "P2_tea"]
    with pytest.raises(InputError, match='no activity "cofee"; there are icetea, tea'):
        scan(tmp_path, probe=probe, activity="cofee")


@pytest.fixture
def salads(tmp_path) -> Path:
    """Labels with three granularities, as 50 Salads has them."""
    names = ("cut_tomato", "cut_cheese", "mix / stir", "action_end")
    for number, n in enumerate((20, 31)):
        save(tmp_path / "features" / f"rgb-0{number}-1.txt", matrix(n))
        write(tmp_path / "groundTruth" / f"rgb-0{number}-1", "\n".join(frame_labels(n, names)))
    for suffix, ids in (("", (0, 1, 2, 3)), ("eval", (0, 0, 1, 2)), ("high", (0, 0, 0, 1))):
        text = "".join(f"{i} {name}\n" for i, name in zip(ids, names, strict=True))
        write(tmp_path / "mapping" / f"mapping{suffix}.txt", text)
    return tmp_path


@pytest.mark.parametrize(
    ("level", "actions"),
    [
        (None, ["cut_tomato", "cut_cheese", "mix / stir", "action_end"]),
        ("eval", ["cut_tomato / cut_cheese", "mix / stir", "action_end"]),
        ("high", ["cut_tomato / cut_cheese / mix / stir", "action_end"]),
    ],
)
def test_granularities_also_where_names_hold_the_separator(salads, level, actions):
    dataset = scan(salads, probe=probe, granularity=level)
    assert dataset.granularities == ("mid", "eval", "high") and dataset.granularity == (level or "mid")
    assert [a.name for a in dataset.actions] == actions
    labels = load_ground_truth(dataset, dataset.videos[0])
    assert sorted(set(labels.tolist())) == list(range(len(actions)))
    choice = next(c for c in dataset.choices if c.name == "granularity")
    assert choice.options == dataset.granularities and not choice.is_open


def test_an_unknown_granularity_lists_the_known(salads):
    with pytest.raises(InputError, match="mid, eval, high"):
        scan(salads, probe=probe, granularity="low")


def test_each_label_file_takes_the_mapping_that_knows_it(tmp_path):
    root = layout(tmp_path / "set", "G")
    write(root / "gt" / "clip_02", "\n".join(["pour"] * 20 + ["stir"] * 11))
    write(root / "gt" / "mapping_drinks.txt", "0 pour\n1 stir\n")
    dataset = scan(root, probe=probe)
    assert sorted(a.name for a in dataset.actions) == ["place", "pour", "reach", "stir", "turn"]
    assert len({a.id for a in dataset.actions}) == 5
    assert names_of(dataset, dataset.videos[1]) == ["pour"] * 20 + ["stir"] * 11
    assert names_of(dataset, dataset.videos[0]) == frame_labels(24) and not dataset.problems


def test_two_mappings_that_fit_are_asked_about(tmp_path):
    root = layout(tmp_path / "set", "G")
    write(root / "gt" / "mapping_more.txt", mapping_text((*STEPS, "rest")))
    choice = next(c for c in scan(root, probe=probe).choices if c.name == "granularity")
    assert choice.is_open and choice.options == ("more", "steps")
    settled = scan(root, probe=probe, granularity="more")
    assert not [c for c in settled.choices if c.is_open] and not settled.problems


def test_a_split_is_a_filter(tmp_path):
    root = layout(tmp_path / "set", "B")
    everything = scan(root, probe=probe)
    assert next(c for c in everything.choices if c.name == "split").options == ("all", "test.split1", "train.split1")
    assert [v.id for v in scan(root, probe=probe, split="train.split1").videos] == ["clip_01", "clip_03"]
    with pytest.raises(InputError, match=r"train\.split1"):
        scan(root, probe=probe, split="train")


def test_paths_join_to_names_with_underscores(tmp_path):
    for name, n in (("P03_cam01_P03_coffee", 24), ("P03_cam02_P03_coffee", 31)):
        save(tmp_path / "features" / f"{name}.npy", matrix(n))
        write(tmp_path / "videos" / name[:3] / name[4:9] / "P03_coffee.avi", "")
    dataset = scan(tmp_path, probe=probe)
    assert len(dataset.videos) == 2 and all(v.media and v.features for v in dataset.videos)
    assert "cam02" in str(dataset.videos[1].media)


def test_equal_stems_in_two_folders_are_two_videos(tmp_path):
    for folder, n in (("x", 10), ("y", 13)):
        save(tmp_path / "features" / folder / "a.npy", matrix(n))
    dataset = scan(tmp_path, probe=probe, activity="y")
    assert [v.id for v in dataset.videos] == ["y/a"] and dataset.videos[0].timebase.n_rows == 13


def test_case_and_unicode_form_are_proposed(tmp_path):
    save(tmp_path / "features" / (unicodedata.normalize("NFC", "Käse") + ".npy"), matrix(9))
    save(tmp_path / "features" / "other.npy", matrix(12))
    write(tmp_path / "groundTruth" / (unicodedata.normalize("NFD", "käse") + ".txt"), "\n".join(frame_labels(9)))
    dataset = scan(tmp_path, probe=probe)
    assert len(dataset.videos) == 2 and "only case or Unicode form differ" in told(dataset)


def test_features_json_settles_width_and_rate(tmp_path):
    root = layout(tmp_path / "set", "D", lengths={"clip_01": 24})
    save(root / "features" / "clip_01.npy", matrix(8, 8))
    write(root / "features" / "features.json", '{"extractor": "net", "stride": "3", "dimensions": 8, "row": "mean"}')
    assert not scan(root, probe=probe).trainable  # 8 x 8: the width alone says nothing
    save(root / "features" / "clip_01.npy", matrix(8, 5))
    write(root / "features" / "features.json", '{"extractor": "net", "stride": "3", "dimensions": 5, "row": "mean"}')
    video = scan(root, probe=probe).videos[0]
    assert video.is_trainable and video.timebase.stride == 3 and video.timebase.rows_average
    assert video.timebase.feature_rate == Fraction(10)


def test_each_record_gives_the_stride_of_its_video(tmp_path):
    root = layout(tmp_path / "set", "D")
    for (name, n), stride in zip(LENGTHS.items(), (2, 3, 4), strict=True):
        save(root / "features" / f"{name}.npy", matrix(-(-n // stride)))
        write(root / "features" / f"{name}.json", f'{{"stride": "{stride}", "is_uniform": true, "pictures": []}}')
    dataset = scan(root, probe=probe)
    assert [v.timebase.stride for v in dataset.trainable] == [2, 3, 4] and not dataset.problems, told(dataset)


def test_a_broken_features_json_is_a_row(tmp_path):
    root = layout(tmp_path / "set", "F")
    write(root / "features" / "features.json", '{"stride": "0"}')
    dataset = scan(root, probe=probe)
    assert "features/features.json" in told(dataset) and len(dataset.trainable) == 3


def test_the_parent_of_a_dataset_opens_it_and_of_two_asks(tmp_path):
    layout(tmp_path / "one", "F")
    assert scan(tmp_path, probe=probe).root == tmp_path / "one"
    layout(tmp_path / "two", "G")
    with pytest.raises(InputError, match=r"2 datasets: one, two"):
        scan(tmp_path, probe=probe)
    with pytest.raises(InputError, match=r"one part of a dataset"):
        scan(tmp_path / "one" / "features", probe=probe)


@pytest.mark.parametrize("letter", "ABCDEFGH")
def test_a_scan_changes_no_file(tmp_path, letter):
    root = layout(tmp_path / "set", letter)

    def state():
        return {p: (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).digest()) for p in root.rglob("*.*")}

    before = state()
    scan(root, probe=probe)
    assert state() == before


@pytest.mark.parametrize("change", ["bom and crlf", "no final newline", "activity folders", "mapping inside"])
def test_what_leaves_the_dataset_equal(tmp_path, change):
    root = layout(tmp_path / "set", "A")
    for path in sorted((root / "groundTruth").iterdir()):
        if change == "bom and crlf":
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        elif change == "no final newline":
            path.write_bytes(path.read_bytes().rstrip(b"\n"))
        elif change == "activity folders":
            for part, name in (("features", f"{path.name}.txt"), ("groundTruth", path.name)):
                (root / part / "tea").mkdir(exist_ok=True)
                (root / part / name).rename(root / part / "tea" / name)
    if change == "mapping inside":
        (root / "mapping").rename(root / "groundTruth" / "mapping")
    dataset = scan(root, probe=probe)
    assert not dataset.problems and len(dataset.trainable) == 3, told(dataset)
    assert [names_of(dataset, v) for v in dataset.videos] == [frame_labels(n) for n in LENGTHS.values()]
    assert dataset.activity == ("tea" if change == "activity folders" else "set")
