#include "pattern.hpp"

#include "ecma_pattern.hpp"

#include <quire/messages/ids.hpp>

#include <re2/re2.h>

namespace quire::schema {
namespace {

// Bounds the program RE2 makes of one pattern and the states it keeps while matching.
constexpr std::int64_t max_expression_bytes = 2 << 20;
// Instructions times bytes that one step of the budget pays for.
constexpr std::uint64_t work_per_step = 128;

}  // namespace

pattern::pattern() = default;
pattern::pattern(pattern&&) noexcept = default;
pattern& pattern::operator=(pattern&&) noexcept = default;
pattern::~pattern() = default;

result<pattern> pattern::compile(std::string_view source) {
  auto translated = translate_ecma_pattern(source);
  if (translated.refused) {
    return fail(errc::schema_invalid, "pattern '" + printable(source) + "' is refused at byte " +
                                          std::to_string(translated.refused->position) + ": " +
                                          translated.refused->reason);
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(max_expression_bytes);
  pattern made;
  made.source_ = source;
  made.expression_ = std::make_unique<re2::RE2>(translated.re2, options);
  if (!made.expression_->ok()) {
    return fail(errc::schema_invalid, "pattern '" + printable(source) +
                                          "' is refused: " + printable(made.expression_->error()));
  }
  made.size_ = static_cast<std::uint64_t>(made.expression_->ProgramSize());
  made.plain_ = translated.plain;
  made.to_end_ = translated.to_end;
  if (translated.plain) made.steps_ = std::move(translated.steps);
  return made;
}

bool pattern::matches(std::string_view text, budget& left) const {
  if (plain_) {
    const auto said = walk(text);
    if (said != verdict::unsure) return said == verdict::yes;
  }
  if (!left.spend(1 + text.size() * size_ / work_per_step)) return false;
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

pattern::verdict pattern::walk(std::string_view text) const noexcept {
  std::size_t at = 0;
  for (const auto& step : steps_) {
    std::uint32_t taken = 0;
    while (taken < step.max && at < text.size()) {
      const auto c = static_cast<unsigned char>(text[at]);
      if (c >= 128) {
        // What comes later may still be sure, but not worth the trouble here.
        if (step.others == pattern_step::beyond::unsure) return verdict::unsure;
        break;
      }
      if (!step.has(c)) break;
      ++taken;
      ++at;
    }
    if (taken < step.min) return verdict::no;
  }
  return !to_end_ || at == text.size() ? verdict::yes : verdict::no;
}

}  // namespace quire::schema
