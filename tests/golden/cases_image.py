"""Rescaling, Resizing, crops, image layers that do nothing at inference, and ZeroPadding2D."""

from registry import fan, stack
from registry import lazy as L

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

SMOOTH = [
    {"interpolation": method, "antialias": antialias}
    for method in ("bicubic", "lanczos3", "lanczos5")
    for antialias in (False, True)
]
fan("resizing_smooth_up", (5, 6, 2), *(L.Resizing(8, 15, **o) for o in SMOOTH))
fan("resizing_smooth_down", (11, 9, 2), *(L.Resizing(4, 5, **o) for o in SMOOTH))
fan("resizing_smooth_none", NONE_RGB, *(L.Resizing(6, 7, **o) for o in SMOOTH), sizes=((9, 4), (3, 20)))
fan(
    "resizing_smooth_crop",
    (7, 12, 2),
    *(L.Resizing(5, 4, crop_to_aspect_ratio=True, **o) for o in SMOOTH),
)
fan(
    "resizing_smooth_pad",
    (7, 12, 2),
    *(L.Resizing(5, 4, pad_to_aspect_ratio=True, fill_value=2.0, **o) for o in SMOOTH),
)
fan("resizing_smooth_uint8", (5, 6, 3), *(L.Resizing(7, 8, **o) for o in SMOOTH), dtype="uint8")
fan("resizing_smooth_int32", (5, 6, 3), *(L.Resizing(7, 8, **o) for o in SMOOTH), dtype="int32")
stack("resizing_nearest_uint8", (5, 6, 3), L.Resizing(7, 8, "nearest"), dtype="uint8")
stack("resizing_nearest_int64", (5, 6, 3), L.Resizing(7, 4, "nearest"), dtype="int64")
stack("resizing_crop_int8", (5, 9, 3), L.Resizing(4, 4, crop_to_aspect_ratio=True), dtype="int8")
stack("resizing_bicubic_first", (2, 5, 6), L.Resizing(7, 4, "bicubic", **FIRST))
stack(
    "resizing_pad_uint8",
    (5, 9, 3),
    L.Resizing(4, 6, pad_to_aspect_ratio=True, fill_value=7),
    dtype="uint8",
)
stack("resizing_one_image", (6, 3), L.Resizing(5, 4))
stack("resizing_float16", (5, 6, 3), L.Resizing(7, 8, dtype="mixed_float16"))

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

stack("center_crop_smaller", (7, 8, 2), L.CenterCrop(4, 5))
stack("center_crop_same", (4, 5, 2), L.CenterCrop(4, 5))
stack("center_crop_wider", (6, 4, 2), L.CenterCrop(5, 7))
stack("center_crop_larger", (4, 3, 2), L.CenterCrop(5, 7))
stack("center_crop_uint8", (7, 8, 3), L.CenterCrop(4, 4), dtype="uint8")
stack("center_crop_first", (2, 7, 8), L.CenterCrop(4, 5, **FIRST))
stack("center_crop_first_larger", (2, 3, 8), L.CenterCrop(4, 5, **FIRST))
stack(
    "center_crop_none",
    NONE_RGB,
    L.CenterCrop(5, 6),
    sizes=((5, 6), (9, 13), (4, 9), (9, 4), (2, 3)),
)
stack("center_crop_none_height", (None, 6, 3), L.CenterCrop(5, 4), sizes=((5,), (8,), (3,)))
stack("center_crop_conv", (9, 9, 2), L.CenterCrop(6, 6), L.Conv2D(3, 3))
stack("center_crop_one_image", (8, 3), L.CenterCrop(1, 4))

AUGMENTATIONS = (
    L.AugMix(),
    L.CutMix(),
    L.MaxNumBoundingBoxes(3),
    L.MixUp(),
    L.RandAugment(),
    L.RandomBrightness(0.3),
    L.RandomColorDegeneration(0.3),
    L.RandomColorJitter(brightness_factor=0.3),
    L.RandomContrast(0.3),
    L.RandomCrop(1, 2),
    L.RandomElasticTransform(),
    L.RandomErasing(),
    L.RandomFlip(),
    L.RandomGaussianBlur(),
    L.RandomGrayscale(),
    L.RandomHue(0.3),
    L.RandomInvert(),
    L.RandomPerspective(),
    L.RandomPosterization(4),
    L.RandomRotation(0.3),
    L.RandomSaturation(0.3),
    L.RandomSharpness(0.3),
    L.RandomShear((0.0, 0.2), (0.0, 0.1)),
    L.RandomTranslation(0.3, 0.2),
    L.RandomZoom(0.3),
    L.Solarization(0.5, 0.5),
)
fan("augmentations", (2, 3, 3), *AUGMENTATIONS)
fan("augmentations_uint8", (2, 3, 3), *AUGMENTATIONS, dtype="uint8")

stack("auto_contrast", (5, 6, 3), L.AutoContrast())
stack("auto_contrast_range", (5, 6, 3), L.AutoContrast((0.0, 1.0)))
stack("auto_contrast_uint8", (5, 6, 3), L.AutoContrast(), dtype="uint8")
stack("auto_contrast_flat", (1, 1, 3), L.AutoContrast())
stack("auto_contrast_none", NONE_RGB, L.AutoContrast(), sizes=((4, 5), (1, 3)))
stack(
    "pipeline",
    (None, None, 3),
    L.Pipeline([L.CenterCrop(6, 6), L.RandomFlip(), L.Rescaling(1 / 255), L.Resizing(4, 5)]),
    sizes=((8, 9), (5, 4)),
)
stack("pipeline_weights", (5,), L.Pipeline([L.Normalization(), L.Dense(3), L.Dense(2)]))
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
