#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/keras/quantization.hpp"

namespace keraunos::keras {

struct MatrixSize {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};

/// Scales and zeros of a matrix whose rows are divided into blocks. A block has them for each
/// column; rows belong to blocks as the file says.
struct Blocks {
  MatrixSize size;
  std::vector<float> scales;        // (blocks, columns)
  std::vector<float> zeros;         // (blocks, columns)
  std::vector<std::size_t> blocks;  // of each row
  std::vector<float> row_divisors;  // of awq, else empty

  /// Makes real numbers of whole ones (rows, columns).
  void apply(std::vector<float>& values) const;
};

/// How a file holds the scales and zeros of blocks.
struct BlockForm {
  std::string name;         ///< of the variable that they belong to
  bool by_columns = false;  ///< (columns, blocks) instead of (blocks, columns)
  DType zero_dtype = DType::int8;
};

/// The layer's next variables: "<name>_scale", "<name>_zero", for awq the divisors of the rows, and
/// the block of each row.
Blocks load_blocks(LayerCall& call, const Quantization& quantization, const MatrixSize& size,
                   const BlockForm& form);

/// A matrix with `columns` columns, its rows and columns exchanged.
std::vector<float> transposed(const std::vector<float>& values, std::int64_t columns);

}  // namespace keraunos::keras
