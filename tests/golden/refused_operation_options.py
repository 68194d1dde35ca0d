"""Operations whose options or arguments must be refused."""

from keras import ops

from refused_altered import (
    B, F, I, IMAGE, PICTURE, TABLE, altered, array, first_only, kernel, key, keyword, no_arguments,
    ones, positional, tensor,
)  # fmt: skip


def operation(name: str, *arguments, **options) -> None:
    altered(f"operation_{name}", *arguments, **options)


# Dtypes
operation("subtract_bools", ["floor_divide of bools"], (B, B), ops.floor_divide)
operation(
    "saturate_to_float", ["saturating to float16"], (F,), lambda x: ops.saturate_cast(x, "int8"),
    dtype="float16",
)
operation(
    "saturate_to_nothing", ["key 'dtype'", "missing"], (F,), lambda x: ops.saturate_cast(x, "int8"),
    dtype=None,
)
operation(
    "invert_floats", ["BitwiseInvert of float32", "integers and bools have bits"], (F,),
    lambda x: ops.bitwise_invert(ops.cast(x, "int32")), positional(0, tensor()),
)
operation(
    "cast_to_unknown", ["key 'dtype'", "complex3"], (F,), lambda x: ops.cast(x, "int8"),
    dtype="complex3",
)

# Operands
operation(
    "operand_none", ["called on None"], (F, F), lambda a, b: ops.concatenate([a, b]),
    lambda node: node["args"][0].__setitem__(1, None),
)
operation(
    "stack_of_ranks", ["cannot be stacked: their ranks differ", "(None, 4)", "(4,)"], (F, F),
    lambda a, b: ops.stack([a, b], axis=2),
    lambda node: node["args"][0].__setitem__(1, array([1.0, 2.0, 3.0, 4.0])),
)
operation(
    "operand_missing", ["without its argument 'x2'"], (F,), lambda x: ops.add(x, 1.0), first_only,
)
operation(
    "operand_object", ["called on", "Thing"], (F,), lambda x: ops.add(x, 1.0),
    positional(1, key("Thing")),
)
operation(
    "operand_array_of_unknown_dtype", ["complex3"], (F,), lambda x: ops.add(x, 1.0),
    positional(1, array([1], "complex3")),
)
operation(
    "operand_of_text", ["\"four\" is not a number"], (F,), lambda x: ops.add(x, 1.0),
    positional(1, array([1, "four"])),
)
operation(
    "operand_ragged", ["rows of different lengths"], (F,), lambda x: ops.add(x, 1.0),
    positional(1, array([[1, 2], [3]])),
)
operation(
    "operand_of_many_axes", ["more than 32 axes"], (F,), lambda x: ops.add(x, 1.0),
    positional(1, array(eval("[" * 40 + "1" + "]" * 40))),
)
operation(
    "operands_no_list", ["a list of tensors wanted"], (F, F), lambda a, b: ops.concatenate([a, b]),
    positional(0, []),
)
operation(
    "select_of_unequal_lists", ["2 conditions and 1 choices"], (B, F),
    lambda c, x: ops.select([c, c], [x, x]), lambda node: node["args"][1].pop(),
)
operation(
    "isclose_tolerance", ["rtol", "a number is supported"], (F, F),
    lambda a, b: ops.isclose(a, b, rtol=0.1), keyword(rtol=[tensor()]),
)

# Creation
operation(
    "full_like_unshaped", ["key 'shape'", "missing"], (F,), lambda x: ops.full((2, 4), x),
    shape=None,
)
operation(
    "full_negative", ["'shape': a size of -3"], (F,), lambda x: ops.full((2, 4), x), shape=[-3, 4],
)
operation(
    "diagonal_of_one_axis", ["a diagonal wants two axes"], (TABLE,),
    lambda x: ops.diagonal(x, axis1=1, axis2=2), axis1=2,
)

# Numbers
operation("round_decimals", ["decimals", "39"], (F,), lambda x: ops.round(x, 2), decimals=39)
operation("diff_order", ["key 'n'", "101"], (F,), lambda x: ops.diff(x, 1), n=101)
operation(
    "quantile_above_one", ["quantile of 1.5"], (F,), lambda x: ops.quantile(x, 0.5, axis=1),
    positional(1, 1.5),
)
operation(
    "quantile_of_tensor", ["q that is not a number"], (F,), lambda x: ops.quantile(x, 0.5, axis=1),
    positional(1, array([[0.5]])),
)
operation("norm_unknown", ["ord", "nuc"], (TABLE,), lambda x: ops.norm(x, 1, axis=1), ord="nuc")
operation(
    "norm_fro_of_vector", ["'fro' of one axis"], (TABLE,), lambda x: ops.norm(x, 1, axis=1),
    ord="fro",
)
operation(
    "norm_of_matrices", ["ord", "3 of matrices"], (TABLE,), lambda x: ops.norm(x, 1, axis=(1, 2)),
    ord=3,
)
operation(
    "norm_of_three_axes", ["ord", "of 3 axes"], (TABLE,), lambda x: ops.norm(x, 1, axis=(1, 2)),
    axis=[0, 1, 2],
)
operation(
    "average_of_two_axes", ["weights of another rank"], (TABLE,),
    lambda x: ops.average(x, axis=1, weights=ones(3)), axis=[1, 2],
)

# Products
operation(
    "cross_of_four", ["vector product of (None, 3, 4)"], (TABLE,),
    lambda x: ops.cross(x, x, axis=1), axisa=2, axisb=2, axisc=2, axis=None,
)
operation(
    "matmul_of_scalar", ["product of a scalar"], (TABLE, TABLE),
    lambda a, b: ops.matmul(a, ops.swapaxes(b, 1, 2)), positional(1, 2.0),
)
operation(
    "tensordot_unequal", ["sums over 1 axes and 2"], (TABLE, TABLE),
    lambda a, b: ops.tensordot(a, b, axes=[[1], [1]]), axes=[[1], [1, 2]],
)
operation(
    "tensordot_axis_twice", ["names an axis twice"], (TABLE, TABLE),
    lambda a, b: ops.tensordot(a, b, axes=[[1, 2], [1, 2]]), axes=[[1, -2], [1, 2]],
)
operation(
    "tensordot_three_lists", ["two lists wanted"], (TABLE, TABLE),
    lambda a, b: ops.tensordot(a, b, axes=[[1], [1]]), axes=[[1], [1], [1]],
)
operation(
    "tensordot_too_many", ["axes", "4 of 3 and 3"], (TABLE, TABLE),
    lambda a, b: ops.tensordot(a, b, axes=[[1], [1]]), axes=4,
)
operation(
    "einsum_without_equation", ["subscripts", "missing"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts=None,
)
operation(
    "einsum_of_nothing", ["called on no tensor"], (F,), lambda x: ops.einsum("ab->ba", x),
    no_arguments,
)
operation(
    "einsum_operand_count", ["2 operands wanted, got 1"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts="ab,bc->ac",
)
operation(
    "einsum_operand_rank", ["'abc' cannot be (None, 4)"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts="abc->abc",
)
operation(
    "einsum_ellipsis_lost", ["lacks the ellipsis"], (TABLE,), lambda x: ops.einsum("...a->...a", x),
    subscripts="...a->a",
)
operation(
    "einsum_sizes", ["axis 'c' has 4 cells", "3"], (TABLE, TABLE),
    lambda a, b: ops.einsum("abc,abc->ab", a, b), subscripts="abc,acb->ab",
)
operation(
    "einsum_axis_of_result", ["axis 'z' of the result"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts="ab->az",
)
operation(
    "einsum_no_axes", ["'a1' is no list of axes"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts="a1->a",
)
operation(
    "einsum_result_twice", ["'aa' has a letter twice"], (F,), lambda x: ops.einsum("ab->ba", x),
    subscripts="ab->aa",
)
operation(
    "unravel_unshaped", ["key 'shape'", "missing"], (I,), lambda x: ops.unravel_index(x, (3, 4)),
    shape=None,
)
operation(
    "unravel_of_none", ["key 'shape'", "0"], (I,), lambda x: ops.unravel_index(x, (3, 4)),
    shape=[0, 4],
)

operation(
    "quantile_of_nothing", ["a quantile of no cells"], (F,), lambda x: ops.quantile(x, 0.5, axis=1),
    of="InputLayer", batch_shape=[None, 0],
)

# Shapes
operation(
    "reshape_unshaped", ["newshape", "missing"], (F,), lambda x: ops.reshape(x, (-1, 2, 2)),
    newshape=None,
)
operation(
    "reshape_open_twice", ["key 'newshape': more than one -1"], (F,),
    lambda x: ops.reshape(x, (-1, 2, 2)), newshape=[-1, -1],
)
operation(
    "reshape_open_beside_zero", ["newshape", "-1 beside a size of 0"], (F,),
    lambda x: ops.reshape(x, (-1, 2, 2)), newshape=[-1, 0],
)
operation(
    "transpose_of_fewer_axes", ["axes", "2 axes of 3"], (TABLE,),
    lambda x: ops.transpose(x, (0, 2, 1)), axes=[0, 1],
)
operation(
    "transpose_axis_twice", ["axes", "axis 1 twice"], (TABLE,),
    lambda x: ops.transpose(x, (0, 2, 1)), axes=[0, 1, 1],
)
operation(
    "moveaxis_unequal", ["2 axes are moved to 1"], (TABLE,), lambda x: ops.moveaxis(x, 1, 2),
    source=[0, 1], destination=[2],
)
operation(
    "moveaxis_unnamed", ["source", "missing"], (TABLE,), lambda x: ops.moveaxis(x, 1, 2),
    source=None,
)
operation("expand_nowhere", ["axis", "missing"], (F,), lambda x: ops.expand_dims(x, 1), axis=None)
operation("rot90_of_one_axis", ["plane"], (PICTURE,), lambda x: ops.rot90(x, axes=(1, 2)), axes=[1])
operation(
    "roll_unshifted", ["shift", "missing"], (F,), lambda x: ops.roll(x, 1, axis=1), shift=None,
)
operation(
    "roll_unequal", ["2 shifts of 1 axes"], (F,), lambda x: ops.roll(x, 1, axis=1), shift=[1, 2],
    axis=[1],
)
operation(
    "repeat_missing", ["repeats", "missing"], (F,), lambda x: ops.repeat(x, 2, 1), repeats=None,
)
operation("repeat_negative", ["'repeats': a size of -2"], (F,), lambda x: ops.repeat(x, 2, 1), repeats=-2)
operation(
    "repeat_unequal", ["repeats", "2 numbers for 4 cells"], (F,), lambda x: ops.repeat(x, 2, 1),
    repeats=[1, 2],
)
operation(
    "repeat_of_open_axis", ["depends on the batch", "repeated axis"], (F,),
    lambda x: ops.repeat(x, 2, 1), repeats=[1, 2], axis=0,
)
operation(
    "broadcast_unshaped", ["key 'shape'", "missing"], (F,), lambda x: ops.broadcast_to(x, (3, 4)),
    shape=None,
)
operation(
    "split_into_none", ["splitting into 0 parts"], (F,), lambda x: ops.split(x, 2, 1),
    indices_or_sections=0,
)
operation(
    "split_missing", ["indices_or_sections", "missing"], (F,), lambda x: ops.split(x, 2, 1),
    indices_or_sections=None,
)
PAD = lambda x: ops.pad(x, [[0, 0], [1, 1]])
operation(
    "pad_triple", ["pad_width", "5 numbers for 2 axes"], (F,), PAD, pad_width=[[0, 0], [1, 2, 3]],
)
operation("pad_missing", ["pad_width", "missing"], (F,), PAD, pad_width=None)
operation(
    "pad_for_fewer_axes", ["pad_width", "6 numbers for 2 axes"], (F,), PAD, pad_width=[[0, 0]] * 3,
)
operation(
    "pad_with_numbers", ["constant_values"], (F,),
    lambda x: ops.pad(x, [[0, 0], [1, 1]], constant_values=1.0),
    keyword(constant_values=[1.0, 2.0]),
)

# Indices
TAKE = lambda x: x[:, 1:3]
operation("index_beyond", ["an index of 3 axes of a tensor that has 2"], (F,), TAKE, keyword(key=[0, 0, 0]))
operation(
    "index_step_zero", ["step of 0"], (F,), TAKE,
    keyword(key=[key("__slice__", start=None, stop=None, step=0)]),
)
operation(
    "index_two_ellipses", ["two ellipses"], (TABLE,), TAKE,
    keyword(key=[key("__ellipsis__"), key("__ellipsis__")]),
)
operation("index_of_text", ["found \"first\""], (F,), TAKE, keyword(key=["first"]))
operation("index_of_tensors", ["from more than the shapes of tensors"], (F,), TAKE, keyword(key=[tensor()]))
SLICE = lambda x: ops.slice(x, (0, 1), (2, 2))
operation("slice_starts", ["start_indices", "1 numbers, 2 wanted"], (F,), SLICE, positional(1, [0]))
operation("slice_starts_below", ["'start_indices': a size of -1"], (F,), SLICE, positional(1, [0, -1]))
operation("slice_sizes", ["key 'shape'", "2 sizes wanted"], (F,), SLICE, shape=[1])
operation(
    "slice_update_beyond", ["an update of 4 at 2"], (F, F),
    lambda x, u: ops.slice_update(x, (0, 0), u), positional(1, [0, 2]),
)

# Images
operation(
    "resize_crop_and_pad", ["crop and pad"], (PICTURE,), lambda x: ops.image.resize(x, (3, 3)),
    crop_to_aspect_ratio=True, pad_to_aspect_ratio=True,
)
operation(
    "pad_images_underdetermined", ["two of the borders"], (PICTURE,),
    lambda x: ops.image.pad_images(x, 1, 1, 1, 1), top_padding=None,
)
operation(
    "pad_images_negative", ["borders of"], (PICTURE,),
    lambda x: ops.image.pad_images(x, 1, 1, target_height=8, target_width=8), target_height=2,
)
operation(
    "patches_huge", ["patches of"], (PICTURE,), lambda x: ops.image.extract_patches(x, (2, 2)),
    size=[2**20, 2**20],
)
operation(
    "patches_of_three_axes", ["patches of three axes"], (PICTURE,),
    lambda x: ops.image.extract_patches(x, (2, 2)), size=[2, 2, 2],
)

# Windows
operation(
    "conv_rank", ["rank 3 to 5, got (None, 4)"], (F,),
    lambda x: ops.conv(ops.reshape(x, (-1, 4, 1)), ones(2, 1, 1)), positional(0, tensor()),
)
operation(
    "conv_kernel_rank", ["a kernel of", "for an image"], (PICTURE,),
    lambda x: ops.conv(x, ones(2, 2, 3, 5)), kernel(2, 3, 5),
)
operation(
    "conv_kernel_empty", ["a kernel of (0, 2, 3, 5)"], ((*IMAGE, "float32"), F),
    lambda x, y: ops.conv(x, ops.full((2, 2, 3, 5), y[0, 0])), of="Full", shape=[0, 2, 3, 5],
)
operation(
    "conv_kernel_depth", ["depth 2 for 3 channels"], (PICTURE,),
    lambda x: ops.conv(x, ones(2, 2, 3, 5)), kernel(2, 2, 2, 5),
)
operation(
    "depthwise_kernel", ["a depthwise kernel of"], (PICTURE,),
    lambda x: ops.depthwise_conv(x, ones(2, 2, 3, 1)), kernel(2, 2, 2, 1),
)

# Rows of numbers, losses, small matrices
operation(
    "linspace_of_millions", ["key 'num': 2000000 is more than 1048576"], (F, F), ops.linspace,
    num=2000000,
)
operation(
    "linspace_of_integers", ["key 'dtype': int32; floats"], (F, F), ops.linspace, dtype="int32",
)
operation(
    "linspace_with_step", ["retstep"], (F, F), ops.linspace, retstep=True,
)
operation(
    "loss_of_other_rank", ["targets of (None, 4) for an output of (None, 3, 4)"], (TABLE, F),
    lambda x, y: ops.binary_crossentropy(x, x), positional(0, tensor("input_layer_1")),
)
operation(
    "loss_along_other_axis", ["another than the last one"], (TABLE, (3, "int32")),
    lambda x, i: ops.sparse_categorical_crossentropy(i, x), axis=1,
)
operation(
    "determinant_of_integers", ["called on matrices of int32; floats"], ((2, 2, "int32"),), ops.det,
)
