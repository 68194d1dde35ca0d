"""Operations on Keras tensors: filters and transforms of images."""

import keras
import numpy as np
from keras import ops

from registry import graph, several

TURNED = [0.8, -0.6, 2.3, 0.6, 0.8, -1.7, 0.01, -0.02]
STEPS = np.array([0.1, 0.1, 1, 0.1, 0.1, 1, 0, 0], "float32")
FILL_MODES = ("constant", "nearest", "wrap", "reflect")


def affine(x, *transform, **options):
    return ops.image.affine_transform(x, np.array(transform, "float32"), **options)


def pixels(x):
    return ops.cast(ops.clip(x * 60 + 120, 0, 255), "uint8")


several(
    "ops_image_filters",
    ((9, 8, 3), (3, 9, 8)),
    lambda x, _: ops.image.gaussian_blur(x),
    lambda x, _: ops.image.gaussian_blur(x, (5, 5), (0.8, 2.0)),
    lambda x, _: ops.image.gaussian_blur(x, (3, 5), (0.7, 1.4)),
    lambda x, _: ops.image.gaussian_blur(x[0], (4, 4), (1.0, 1.0)),
    lambda _, y: ops.image.gaussian_blur(y, (5, 3), data_format="channels_first"),
    lambda x, _: ops.image.sobel_edges(x),
    lambda _, y: ops.image.sobel_edges(y, data_format="channels_first"),
)
several(
    "ops_image_filters_of_half",
    ((9, 8, 3),),
    lambda x: ops.image.gaussian_blur(ops.cast(x, "float16")),
    lambda x: ops.image.sobel_edges(ops.cast(x, "float16")),
    rtol=4e-3,
    atol=4e-3,
    why="Keras rounds the window and its sums to float16",
)
several(
    "ops_image_similarity",
    ((13, 12, 3), (13, 12, 3)),
    lambda x, y: ops.image.ssim(x, y),
    lambda x, y: ops.image.ssim(x, x + 0.1 * y, max_val=6.0),
    lambda x, y: ops.image.ssim(x[0], y[0], 2.0, 5, 0.9, 0.02, 0.05),
    lambda x, y: ops.image.ssim(x, y, filter_size=12),
)
several(
    "ops_affine_transforms",
    ((7, 6, 2), (2, 7, 6)),
    *(
        lambda x, _, i=interpolation, mode=mode: affine(
            x, *TURNED, interpolation=i, fill_mode=mode, fill_value=0.7
        )
        for interpolation in ("bilinear", "nearest")
        for mode in FILL_MODES
    ),
    *(
        lambda x, _, mode=mode: affine(x, 0.9, 0.1, 31.5, 0.05, 1.1, -27.25, 0, 0, fill_mode=mode)
        for mode in FILL_MODES
    ),
    lambda x, _: affine(x, 1, 0, 0.5, 0, 1, -0.5, 0, 0, interpolation="nearest"),
    lambda x, _: affine(x, 1, 0, 0, 0, 1, 0, -0.5, 0, fill_value=3.0),
    lambda x, _: affine(x[0], *TURNED),
    lambda x, _: affine(pixels(x), *TURNED, fill_value=9),
    lambda x, _: affine(pixels(x), *TURNED, interpolation="nearest", fill_value=9),
    lambda _, y: affine(y, *TURNED, data_format="channels_first"),
)
several(
    "ops_affine_transforms_of_each",
    ((5, 6, 1), (8,)),
    lambda x, t: ops.image.affine_transform(x, t * STEPS + np.array(TURNED, "float32")),
    lambda x, t: ops.image.affine_transform(x, t * 30 * STEPS, fill_mode="reflect"),
)


@graph("ops_affine_transform_of_open_sizes", sizes=((5, 7), (6, 3)))
def _():
    x = keras.Input((None, None, 2))
    transform = np.array([TURNED], "float32")
    return keras.Model(x, ops.image.affine_transform(x, transform, fill_mode="wrap"))


START = np.array([[0, 0], [6, 1], [1, 5], [7, 6]], "float32")
END = np.array([[1, 0], [5, 0], [0, 6], [6, 7]], "float32")
several(
    "ops_perspective_transforms",
    ((7, 8, 2),),
    lambda x: ops.image.perspective_transform(x, START, END),
    lambda x: ops.image.perspective_transform(x, END, START, "nearest", fill_value=-1.0),
    lambda x: ops.image.perspective_transform(x[0], START, END, fill_value=0.5),
)
several(
    "ops_fold",
    ((12, 12), (8, 9, 2)),
    lambda x, _: ops.fold(x, (4, 5), 2),
    lambda x, _: ops.fold(x, (5, 6), (2, 1), stride=(1, 2), padding=(0, 0))[:, :, :2],
    lambda x, _: ops.fold(x, (6, 6), (2, 3), stride=2, padding=(1, 1)),
    lambda x, _: ops.fold(x, (6, 4), 2, dilation=(2, 1), padding=0, stride=1)[:, :, 1:],
    lambda _, y: ops.fold(
        ops.unfold(ops.transpose(y, (0, 3, 1, 2)), 3, padding=1, stride=2), (8, 9), 3, 1, 1, 2
    ),
)
