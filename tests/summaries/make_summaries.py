"""Writes what Keras's model.summary() prints for every network of keras.applications.

    python make_summaries.py [NAME...]

networks/NAME.json.gz holds model.to_json() and the table: [depth, name, class, output shape,
parameters, connected to] per row, nested models expanded, and the totals. Needs the packages of
../golden/requirements.txt; weights are made but not kept.
"""

import gzip
import json
import os
import re
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["COLUMNS"] = "1000"  # else the table is cut to the width of the terminal
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

FOLDER = Path(__file__).parent / "networks"
NETWORKS = [
    *["VGG16", "VGG19", "Xception", "InceptionV3", "InceptionResNetV2"],
    *["ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2"],
    *["MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large"],
    *["DenseNet121", "DenseNet169", "DenseNet201", "NASNetMobile", "NASNetLarge"],
    *[f"EfficientNetB{i}" for i in range(8)],
    *[f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    *[f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")],
]


def printed(model: keras.Model) -> str:
    parts: list[str] = []
    model.summary(
        print_fn=lambda text, **_: parts.append(text), line_length=1000, expand_nested=True
    )
    return "\n".join(parts)


def rows_of(text: str) -> list[list[str]]:
    """The cells of the table; a cell of several lines is joined by spaces."""
    rows: list[list[str]] = []
    starts = False
    for line in text.splitlines():
        if line.startswith(("├", "┡")):
            starts = True
        elif line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            # A nested model's rows carry a "└" for each level above them.
            if starts:
                rows.append(cells)
            else:
                rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], cells)]
            starts = False
    return rows


def layer_row(cells: list[str]) -> list:
    name, shape, parameters, *connected = cells
    depth = name.count("└")
    name, class_name = re.fullmatch(r"(\S+) \((\w+)\)", name.replace("└", "").strip()).groups()
    sources = re.findall(r"([^\s,\[]+)\[\d+\]\[\d+\]", connected[0]) if connected else []
    return [depth, name, class_name, shape, int(re.sub(r"\D", "", parameters)), sources]


def total(text: str, what: str) -> int:
    return int(re.search(rf"{what} params: ([\d,]+)", text)[1].replace(",", ""))


def facts(model: keras.Model) -> dict:
    text = printed(model)
    return {
        "total": total(text, "Total"),
        "trainable": total(text, " Trainable"),
        "non_trainable": total(text, "Non-trainable"),
        "rows": [layer_row(cells) for cells in rows_of(text)],
    }


def write(name: str) -> None:
    keras.utils.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    network = {"summary": facts(model), "architecture": json.loads(model.to_json())}
    text = json.dumps(network, separators=(",", ":"))
    data = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (FOLDER / f"{name}.json.gz").write_bytes(data)
    print(f"{name}: {len(network['summary']['rows'])} rows, {len(data)} bytes", flush=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for network in sys.argv[1:] or NETWORKS:
        write(network)
