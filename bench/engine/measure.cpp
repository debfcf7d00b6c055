#include "measure.hpp"

#include <algorithm>
#include <cstdio>

namespace quire::bench {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

summary summarize(const std::vector<floor_run>& runs) {
  const auto of = [&](double floor_run::*member) {
    std::vector<double> values;
    for (const auto& r : runs) values.push_back(r.*member);
    return values;
  };
  const auto rates = of(&floor_run::per_second);
  const auto [least, most] = std::minmax_element(rates.begin(), rates.end());
  return {.per_second = median(rates),
          .per_second_min = *least,
          .per_second_max = *most,
          .p50_us = median(of(&floor_run::p50_us)),
          .p99_us = median(of(&floor_run::p99_us))};
}

std::string json_of(const summary& s) {
  char text[256];
  std::snprintf(
      text, sizeof text,
      R"({"per_second":%.0f,"per_second_min":%.0f,"per_second_max":%.0f,"p50_us":%.2f,"p99_us":%.2f})",
      s.per_second, s.per_second_min, s.per_second_max, s.p50_us, s.p99_us);
  return text;
}

/// What the budget looks at, and how it reads.
struct verdict {
  double value = 0;
  bool must = true;
  bool goal = true;
  std::string text;
  std::string bar;
};

std::string formatted(const char* format, double a, double b = 0) {
  char text[96];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

verdict judge(const budget& held_to, const summary& engine, const std::optional<summary>& floor) {
  using enum budget::kind;
  verdict v;
  switch (held_to.what) {
    case none:
      if (floor) {
        v.value = engine.per_second / floor->per_second;
        v.text = formatted("%.0f %%", v.value * 100);
      }
      v.bar = "–";
      return v;
    case rate_of_floor:
      v.value = engine.per_second / floor->per_second;
      v.text = formatted("%.0f %%", v.value * 100);
      v.bar = formatted("≥ %.0f %% (%.0f)", held_to.must * 100, held_to.goal * 100);
      v.must = v.value >= held_to.must;
      v.goal = v.value >= held_to.goal;
      return v;
    case time_of_floor:
      v.value = engine.p50_us / floor->p50_us;
      v.text = formatted("%.2f ×", v.value);
      v.bar = formatted("≤ %.1f × (%.1f)", held_to.must, held_to.goal);
      break;
    case p99_of_floor:
      v.value = engine.p99_us / floor->p99_us;
      v.text = formatted("p99 %.2f ×", v.value);
      v.bar = formatted("≤ %.1f × (%.1f)", held_to.must, held_to.goal);
      break;
    case time_over_floor:
      v.value = engine.p50_us - floor->p50_us;
      v.text = formatted("%+.0f µs", v.value);
      v.bar = formatted("≤ +%.0f µs (%.0f)", held_to.must, held_to.goal);
      break;
    case time:
      v.value = engine.p50_us;
      v.text = formatted("%.2f µs", v.value);
      v.bar = formatted("≤ %g µs (%g)", held_to.must, held_to.goal);
      break;
  }
  v.must = v.value <= held_to.must;
  v.goal = v.value <= held_to.goal;
  return v;
}

}  // namespace

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

floor_run laps::finish(double took_us, long things) {
  floor_run out{};
  out.count = things != 0 ? things : static_cast<long>(us_.size());
  out.per_second = static_cast<double>(out.count) / (took_us * 1e-6);
  if (!us_.empty()) {
    std::sort(us_.begin(), us_.end());
    out.p50_us = us_[us_.size() / 2];
    out.p99_us = us_[us_.size() - 1 - us_.size() / 100];
  }
  return out;
}

report::report(options o) : options_(std::move(o)) {
  if (options_.json == "-") {
    json_ = stdout;
  } else {
    if (!options_.json.empty()) {
      json_ = std::fopen(options_.json.c_str(), "w");
      if (json_ == nullptr) throw failure{"cannot write " + options_.json};
    }
    std::puts(
        "| What | Engine per s (spread) | p50 | p99 | Floor per s | p50 | Compared | Must (goal) | "
        "|");
    std::puts("|---|---|---|---|---|---|---|---|---|");
  }
}

report::~report() {
  if (json_ != nullptr && json_ != stdout) std::fclose(json_);
}

void report::compare(std::string_view name, const budget& held_to, const one_run& engine,
                     const one_run& floor) {
  std::vector<floor_run> ours;
  std::vector<floor_run> floors;
  for (int i = 0; i < options_.runs; ++i) {
    floors.push_back(floor());
    ours.push_back(engine());
  }
  tell(name, held_to, summarize(ours), summarize(floors));
}

void report::measure(std::string_view name, const budget& held_to, const one_run& engine) {
  std::vector<floor_run> ours;
  for (int i = 0; i < options_.runs; ++i) ours.push_back(engine());
  tell(name, held_to, summarize(ours), {});
}

void report::tell_memory(std::string_view name, const memory_use& use, long things) {
  constexpr double mib = 1024 * 1024;
  const auto per_thing = (use.peak - use.before) / static_cast<double>(things);
  if (json_ != nullptr) {
    std::fprintf(json_,
                 R"({"name":"%.*s","before_mib":%.1f,"peak_mib":%.1f,"after_mib":%.1f,)"
                 R"("bytes_per_row":%.1f,"rows":%ld})"
                 "\n",
                 static_cast<int>(name.size()), name.data(), use.before / mib, use.peak / mib,
                 use.after / mib, per_thing, things);
    std::fflush(json_);
  }
  if (json_ == stdout) return;
  std::printf(
      "| %.*s | %.0f MiB before, %.0f at most, %.0f after | – | – | – | – | %+.1f B a row |"
      " – |  |\n",
      static_cast<int>(name.size()), name.data(), use.before / mib, use.peak / mib, use.after / mib,
      per_thing);
  std::fflush(stdout);
}

void report::tell(std::string_view name, const budget& held_to, const summary& engine,
                  const std::optional<summary>& floor) {
  const auto v = judge(held_to, engine, floor);
  if (json_ != nullptr) {
    auto line = R"({"name":")" + std::string{name} + R"(","engine":)" + json_of(engine);
    if (floor) line += R"(,"floor":)" + json_of(*floor);
    if (!v.text.empty()) line += formatted(R"(,"compared":%.4f)", v.value);
    if (held_to.what != budget::kind::none) {
      line += formatted(R"(,"must":%g,"goal":%g)", held_to.must, held_to.goal);
      line += v.must ? R"(,"met":true)" : R"(,"met":false)";
    }
    std::fprintf(json_, "%s,\"runs\":%d}\n", line.c_str(), options_.runs);
    std::fflush(json_);
  }
  if (json_ == stdout) return;
  std::printf("| %.*s | %.0f (%.0f–%.0f) | %.1f µs | %.1f µs | %s | %s | %s | %s | %s |\n",
              static_cast<int>(name.size()), name.data(), engine.per_second, engine.per_second_min,
              engine.per_second_max, engine.p50_us, engine.p99_us,
              floor ? formatted("%.0f", floor->per_second).c_str() : "–",
              floor ? formatted("%.1f µs", floor->p50_us).c_str() : "–", v.text.c_str(),
              v.bar.c_str(),
              held_to.what == budget::kind::none ? ""
              : !v.must                          ? "short"
              : !v.goal                          ? "met"
                                                 : "goal");
  std::fflush(stdout);
}

}  // namespace quire::bench
