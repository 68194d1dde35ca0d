"""EinsumDense with equations of every form that it takes."""

from registry import lazy as L
from registry import stack

ED = L.EinsumDense
STEPS = ((2,), (6,))

stack("einsum_dense", (6,), ED("ab,bc->ac", 4, bias_axes="c"))
stack("einsum_dense_no_bias", (6,), ED("ab,bc->ac", 4))
stack("einsum_dense_sequence", (3, 6), ED("abc,cd->abd", (None, 4), bias_axes="d"))
stack("einsum_dense_relu", (3, 6), ED("abc,cd->abd", (3, 4), activation="relu", bias_axes="d"))
stack("einsum_dense_softmax", (6,), ED("ab,bcd->acd", (3, 4), activation="softmax"))
stack("einsum_dense_none", (None, 6), ED("abc,cd->abd", (None, 4), bias_axes="d"), sizes=STEPS)
stack("einsum_dense_ellipsis", (3, 6), ED("...x,xy->...y", 4, bias_axes="y"))
stack("einsum_dense_ellipsis_rank2", (6,), ED("...x,xy->...y", 4, bias_axes="y"))
stack("einsum_dense_ellipsis_rank4", (2, 3, 6), ED("...x,xy->...y", (4,), bias_axes="y"))
stack("einsum_dense_ellipsis_none", (None, 6), ED("...x,xy->...y", 4), sizes=STEPS)
stack("einsum_dense_ellipsis_two", (2, 3, 6), ED("...ax,xy->...ay", (3, 4), bias_axes="ay"))
stack("einsum_dense_ellipsis_right", (6, 2, 3), ED("ab...,bc->ac...", 4, bias_axes="c"))
stack("einsum_dense_ellipsis_right_none", (6, None), ED("ab...,bc->ac...", 4), sizes=STEPS)
stack("einsum_dense_heads", (3, 6), ED("abc,cde->abde", (None, 2, 4), bias_axes="de"))
stack("einsum_dense_heads_bias_of_heads", (3, 6), ED("abc,cde->abde", (3, 2, 4), bias_axes="d"))
stack("einsum_dense_heads_bias_permuted", (3, 6), ED("abc,cde->abde", (3, 2, 4), bias_axes="ed"))
stack("einsum_dense_join_heads", (3, 2, 4), ED("abcd,cde->abe", (None, 5), bias_axes="e"))
stack("einsum_dense_axis_in_front", (6, 3), ED("abc,bd->adc", (4, 3), bias_axes="d"))
stack("einsum_dense_mixes_steps", (5, 3), ED("abc,bd->adc", (5, 3), bias_axes="dc"))
stack("einsum_dense_kernel_transposed", (3, 6), ED("abc,dc->abd", (None, 4), bias_axes="d"))
stack("einsum_dense_kernel_permuted", (3, 2, 4), ED("abcd,dec->abe", (None, 5), bias_axes="e"))
stack("einsum_dense_output_permuted", (3, 6), ED("abc,cde->adbe", (2, None, 4), bias_axes="de"))
stack("einsum_dense_per_step", (3, 6), ED("abc,bcd->abd", (3, 4), bias_axes="bd"))
stack("einsum_dense_per_channel", (3, 6), ED("abc,c->abc", (3, 6), bias_axes="c"))
stack("einsum_dense_per_channel_twice", (3, 6), ED("abc,bc->abc", (3, 6)))
stack("einsum_dense_outer", (6,), ED("ab,c->abc", (6, 4), bias_axes="c"))
stack("einsum_dense_summed_input", (3, 6), ED("abc,bd->ad", 4, bias_axes="d"))
stack("einsum_dense_all_summed", (3, 6), ED("abc,bc->a", ()))
stack("einsum_dense_to_numbers_of_batch", (3, 6), ED("abc,bcd->ad", 4))
stack("einsum_dense_capitals", (3, 6), ED("BTc,cD->BTD", (None, 4), bias_axes="D"))
stack("einsum_dense_int32_input", (6,), ED("ab,bc->ac", 4, bias_axes="c"), dtype="int32")
