#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/vocabulary.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class TextSplit {
  none,        ///< a string is a token
  whitespace,  ///< of ASCII
  character,   ///< of UTF-8; broken ones are U+FFFD
};

enum class TextResult {
  numbers,  ///< the tokens' numbers: the first `width`, or zeros behind them
  counts,   ///< how often each number below `width` occurs
  marks,    ///< 1 where it does
};

/// Texts to numbers of tokens: lower case, punctuation, splitting, n-grams, vocabulary.
///
///   input   (batch, strings): those of one row belong together
///   output  (batch, width), int64
struct VectorizeText {
  static constexpr std::string_view name = "VectorizeText";

  std::shared_ptr<const Vocabulary> vocabulary;
  bool lower = false;              // ASCII letters only
  bool strip_punctuation = false;  // of ASCII
  TextSplit split = TextSplit::whitespace;
  std::vector<std::int64_t> ngrams;  // lengths, in order: a row's tokens are all of the first, then
                                     // all of the second, ...; empty for the tokens themselves
  TextResult result = TextResult::numbers;
  std::int64_t width = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

/// The tokens of rows of texts, one row after another. Keeps its memory.
class Tokenizer {
 public:
  explicit Tokenizer(const VectorizeText& op) : op_(op) {}

  void start_row();
  void add(std::string_view text);
  /// Calls visit(token) for every token of the row, n-grams included.
  void for_each(const std::function<void(std::string_view)>& visit);

 private:
  void standardize(std::string_view text);
  void split_whitespace();
  void split_characters();
  void end_token() { ends_.push_back(text_.size()); }
  std::string_view token(std::size_t i) const;

  const VectorizeText& op_;
  std::string standard_;           // one text
  std::string text_;               // the row's tokens, one after another
  std::vector<std::size_t> ends_;  // where each of them ends
  std::string ngram_;
};

}  // namespace keraunos
