"""Filters and transforms of images that must be refused."""

import numpy as np
from keras import ops

from refused_altered import B, I, IMAGE, PICTURE, altered, array, positional

SQUARE = np.array([[0, 0], [3, 0], [0, 3], [3, 3]], "float32")
TURN = np.array([1, 0, 0, 0, 1, 0, 0, 0], "float32")


def operation(name: str, *arguments, **options) -> None:
    altered(f"operation_{name}", *arguments, **options)


def perspective(x):
    return ops.image.perspective_transform(x, SQUARE, SQUARE)


def as_sobel(model: dict) -> None:
    model["config"]["layers"][-1]["class_name"] = "SobelEdges"


# Filters
operation(
    "blur_far", ["a window of 1000 x 3000 cells", "up to 16384"], (PICTURE,),
    ops.image.gaussian_blur, kernel_size=[1000, 3000],
)
operation(
    "blur_many_channels", ["a window of 128 x 128 cells over 300 channels"],
    ((4, 4, 300, "float32"),), ops.image.gaussian_blur, kernel_size=[128, 128],
)
operation(
    "blur_three_sigmas", ["key 'sigma': 3 numbers, 2 wanted"], (PICTURE,),
    ops.image.gaussian_blur, sigma=[1.0, 1.0, 1.0],
)
operation(
    "sobel_of_integers", ["called on images of int32; floats"], ((*IMAGE, "int32"),),
    ops.image.sobel_edges,
)
operation(
    "sobel_of_a_row", ["an image of (None, 1, 6, 3) has nothing to mirror"],
    ((1, 6, 3, "float32"),), ops.image.sobel_edges,
)
operation(
    "sobel_of_one_image", ["called on a single image"], ((4, 6, "float32"),),
    ops.image.gaussian_blur, whole=as_sobel,
)
operation(
    "ssim_of_other_channels", ["have different channels"],
    ((*IMAGE, "float32"), (*IMAGE[:-1], 1, "float32")),
    lambda a, b: ops.image.ssim(a, b, filter_size=3),
)

# Patches
operation(
    "fold_integers", ["called on int32; floats"], ((4, 4, "int32"),), lambda x: ops.fold(x, 3, 2),
)
operation(
    "fold_into_less", ["a patch of 2 cells does not fit 1 cells with borders of 0"],
    ((4, 4, "float32"),), lambda x: ops.fold(x, 3, 2), output_size=[1, 3],
)
operation(
    "fold_of_parts", ["(None, 4, 4) has not patches of 6 cells"], ((4, 4, "float32"),),
    lambda x: ops.fold(x, 3, 2), kernel_size=[2, 3],
)

# Transforms
operation(
    "affine_of_seven", ["a transform of (1, 7); rows of 8 numbers"], (PICTURE,),
    lambda x: ops.image.affine_transform(x, TURN), positional(1, array([0.0] * 7, "float32")),
)
operation(
    "perspective_on_a_line", ["three of the four points lie on a line"], (PICTURE,),
    perspective, positional(2, array([[0, 0], [1, 1], [2, 2], [3, 3]], "float32")),
)
operation(
    "perspective_of_a_tensor", ["start_points that a tensor holds"],
    (PICTURE, (4, 2, "float32")),
    lambda x, y: ops.image.perspective_transform(x, y, y),
)
operation(
    "perspective_of_a_triangle", ["start_points of (3, 2); four pairs"], (PICTURE,),
    perspective, positional(1, array([[0, 0], [1, 1], [2, 5]], "float32")),
)
operation(
    "perspective_of_other_numbers", ["start_points of (1, 4, 2), but end_points of (2, 4, 2)"],
    (PICTURE,), perspective,
    lambda node: node.update(args=[node["args"][0], array([SQUARE.tolist()], "float32"),
                                   array([SQUARE.tolist()] * 2, "float32")]),
)

# Bits
operation(
    "shift_bools", ["LeftShift of bool", "integers have bits"], (B,),
    lambda x: ops.left_shift(x, 1),
)
operation(
    "shift_by_floats", ["LeftShift of float32", "integers and bools have bits"], (I, I),
    ops.left_shift, positional(1, 2.5),
)
