"""Rescaling, Resizing and ZeroPadding2D."""

from registry import lazy as L
from registry import stack

NONE_RGB = (None, None, 3)
FIRST = {"data_format": "channels_first"}

stack("rescaling", (4, 5, 3), L.Rescaling(1 / 255))
stack("rescaling_offset", (4, 5, 3), L.Rescaling(1 / 127.5, offset=-1))
stack("rescaling_list", (4, 5, 3), L.Rescaling([0.5, 2.0, -1.0], offset=[0.1, -0.2, 0.3]))
stack("rescaling_list_scale", (4, 5, 3), L.Rescaling([0.5, 2.0, -1.0], offset=1.5))
stack("rescaling_vector", (5,), L.Rescaling(2.0, offset=[1.0, 2.0, 3.0, 4.0, 5.0]), L.Dense(2))
stack("rescaling_uint8", (4, 5, 3), L.Rescaling(1 / 255), dtype="uint8")
stack("rescaling_int32", (4, 5, 3), L.Rescaling(0.1, offset=0.5), dtype="int32")
stack("rescaling_uint8_conv", (6, 6, 3), L.Rescaling(1 / 255), L.Conv2D(4, 3), dtype="uint8")

for method in ("bilinear", "nearest"):
    for name, (height, width) in {
        "double": (10, 12),
        "up": (8, 15),
        "down": (3, 4),
        "half": (2, 3),
        "mixed": (9, 4),
        "one": (1, 1),
    }.items():
        stack(f"resizing_{method}_{name}", (5, 6, 2), L.Resizing(height, width, method))
    stack(
        f"resizing_{method}_none",
        NONE_RGB,
        L.Resizing(6, 7, method),
        sizes=((6, 7), (3, 4), (13, 9), (1, 1)),
    )
    stack(f"resizing_{method}_first", (2, 5, 6), L.Resizing(7, 4, method, **FIRST))

for name, options in {
    "antialias": {"antialias": True},
    "crop": {"crop_to_aspect_ratio": True},
    "crop_nearest": {"crop_to_aspect_ratio": True, "interpolation": "nearest"},
    "pad": {"pad_to_aspect_ratio": True},
    "pad_fill": {"pad_to_aspect_ratio": True, "fill_value": 0.75},
    "pad_antialias": {"pad_to_aspect_ratio": True, "fill_value": -1.0, "antialias": True},
}.items():
    stack(f"resizing_{name}_wide", (5, 9, 2), L.Resizing(4, 4, **options))
    stack(f"resizing_{name}_tall", (9, 4, 2), L.Resizing(6, 8, **options))
    stack(
        f"resizing_{name}_none",
        NONE_RGB,
        L.Resizing(5, 6, **options),
        sizes=((10, 7), (3, 8), (5, 6)),
    )
stack("resizing_antialias_large", (23, 17, 1), L.Resizing(5, 6, antialias=True))
stack("resizing_first_crop", (2, 5, 9), L.Resizing(4, 4, crop_to_aspect_ratio=True, **FIRST))
stack("resizing_first_pad", (2, 5, 9), L.Resizing(4, 4, pad_to_aspect_ratio=True, **FIRST))
stack("resizing_uint8", (5, 6, 3), L.Resizing(4, 8), dtype="uint8")

stack("zero_padding2d", (3, 4, 2), L.ZeroPadding2D())
stack("zero_padding2d_int", (3, 4, 2), L.ZeroPadding2D(2))
stack("zero_padding2d_pair", (3, 4, 2), L.ZeroPadding2D((1, 2)))
stack("zero_padding2d_four", (3, 4, 2), L.ZeroPadding2D(((1, 0), (2, 3))))
stack("zero_padding2d_none_added", (3, 4, 2), L.ZeroPadding2D(0))
stack("zero_padding2d_first", (2, 3, 4), L.ZeroPadding2D(((0, 1), (2, 1)), **FIRST))
stack(
    "zero_padding2d_valid_conv",
    (8, 8, 2),
    L.ZeroPadding2D(((0, 1), (0, 1))),
    L.Conv2D(3, 3, strides=2),
)
stack("zero_padding2d_same_conv", (5, 6, 2), L.ZeroPadding2D(1), L.Conv2D(3, 3, padding="same"))
stack(
    "zero_padding2d_depthwise",
    (7, 8, 2),
    L.ZeroPadding2D(((0, 1), (1, 0))),
    L.DepthwiseConv2D(3, strides=2),
)
stack("zero_padding2d_max_pool", (6, 6, 2), L.ZeroPadding2D(1), L.MaxPooling2D(3, 2))
stack("zero_padding2d_twice", (3, 4, 2), L.ZeroPadding2D(1), L.ZeroPadding2D((0, 2)))
stack(
    "zero_padding2d_none",
    (None, None, 2),
    L.ZeroPadding2D((1, 2)),
    L.Conv2D(3, 3),
    sizes=((4, 5), (3, 8)),
)
