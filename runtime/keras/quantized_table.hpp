#pragma once

#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// Rows to be picked by number.
struct Table {
  ValueId values;                ///< (rows, width): float32, or int8 with a scale
  std::optional<ValueId> scale;  ///< divides the values of each row
  /// Of each column, where the columns were divided into blocks that have scales of their own.
  std::vector<std::size_t> blocks;
};

/// The variables of an Embedding with quantised weights. Rows of int8 stay in the file's mapping.
Table load_quantized_table(LayerCall& call, const Dim& rows, const Dim& width);

/// The variables that follow in a ReversibleEmbedding whose weights are not tied: (width, rows) in
/// float32, with a scale for each column where they are whole numbers. Blocks are those of `table`.
Table load_quantized_reverse_table(LayerCall& call, const Dim& rows, const Dim& width,
                                   const Table& table);

}  // namespace keraunos::keras
