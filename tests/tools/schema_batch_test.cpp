#include "schema_batch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

namespace quire::tools {

namespace {

namespace json = boost::json;

std::string answer(std::string_view line) { return schema_batch{{}}.answer(line); }

/// Code, pointer and id of an answer that must be an error.
std::string refusal(std::string_view line) {
  const auto got = json::parse(answer(line));
  BOOST_TEST_REQUIRE(got.as_object().contains("error"), json::serialize(got));
  const auto& e = got.at("error");
  BOOST_TEST(!e.at("message").as_string().empty());
  return json::serialize(got.at("id")) + " " + e.at("code").as_string().c_str() + " " +
         e.at("pointer").as_string().c_str();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_requests)

BOOST_AUTO_TEST_CASE(have_an_answer_for_each_operation) {
  struct row {
    const char* request;
    const char* answer;
  };
  for (
      const auto& [request, expected] : {
          row{R"({"id":1,"op":"check","schema":{"type":"string"},"value":"x"})",
              R"({"id":1,"ok":true,"result":true})"},
          row{R"({"id":2,"op":"check","schema":{"type":"string"},"value":3})",
              R"({"id":2,"ok":true,"result":false})"},
          row{R"({"id":"e","op":"errors","schema":{"items":{"type":"null"}},"value":[null,3]})",
              R"({"id":"e","ok":true,"result":[{"type":35,"code":"null","path":"/1","schemaPath":"/items/type","message":"Expected null","value":3}]})"},
          row{R"({"op":"diff","left":{"a":1},"right":{"b":2}})",
              R"({"id":null,"ok":true,"result":[{"type":"insert","path":"/b","value":2},{"type":"delete","path":"/a"}]})"},
          row{R"({"id":[],"op":"patch","value":{"a":1},"edits":[{"type":"update","path":"/a","value":2}]})",
              R"({"id":[],"ok":true,"result":{"a":2}})"},
          row{R"({"id":0,"op":"cast","schema":{"properties":{"a":{"type":"string"}},"additionalProperties":false},"value":{"a":1,"b":2}})",
              R"({"id":0,"ok":true,"result":{"a":""},"replaced":["/a"],"dropped":["/b"]})"},
          row{R"({"id":0,"op":"cast","keepExtra":true,"schema":{"properties":{"a":{"type":"string"}}},"value":{"a":1,"b":2}})",
              R"({"id":0,"ok":true,"result":{"a":"","b":2},"replaced":["/a"]})"},
          row{R"({"id":0,"op":"default","schema":{"properties":{"a":{"default":1}}},"value":{}})",
              R"({"id":0,"ok":true,"result":{"a":1}})"},
          row{R"({"id":0,"op":"create","schema":{"type":"array","minItems":1}})",
              R"({"id":0,"ok":true,"result":[{}]})"},
          row{R"({"id":0,"op":"clean","schema":{"properties":{"a":{}}},"value":{"a":1,"b":2}})",
              R"({"id":0,"ok":true,"result":{"a":1}})"},
          row{R"({"id":0,"op":"convert","schema":{"type":"integer"},"value":"42"})",
              R"({"id":0,"ok":true,"result":42})"},
          row{R"({"id":0,"op":"check","dialect":"module","schema":{"$ref":"A"},"definitions":{"A":{"const":1}},"value":1})",
              R"({"id":0,"ok":true,"result":true})"},
          row{R"({"id":0,"op":"check","schema":{"$ref":"A"},"definitions":{"$defs":{"A":{"const":1}}},"value":2})",
              R"({"id":0,"ok":true,"result":false})"},
      }) {
    BOOST_TEST(answer(request) == expected);
  }
}

BOOST_AUTO_TEST_CASE(that_are_wrong_are_answered_with_what_is_wrong) {
  for (const auto* line : {"", "nonsense", "{", "[1] 2", R"({"op":"diff","left":1e400,"right":0})",
                           "\"\xFF\"", R"({"id":1,"value":"\ud800"})"}) {
    BOOST_TEST(refusal(line) == "null payload_not_json ");
  }
  BOOST_TEST(refusal("[1]") == "null invalid_option ");
  BOOST_TEST(refusal(R"({"id":7})") == "7 invalid_option /op");
  BOOST_TEST(refusal(R"({"id":7,"op":3})") == "7 invalid_option /op");
  BOOST_TEST(refusal(R"({"id":7,"op":"chekc"})") == "7 invalid_option /op");
  BOOST_TEST(refusal(R"({"id":7,"op":"diff","left":1})") == "7 invalid_option /right");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","value":1})") == "7 invalid_option /schema");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","a/b":1})") == "7 unknown_option /a~1b");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","schema":{},"value":1,"dialect":"draft1"})") ==
             "7 invalid_option /dialect");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","schema":{},"value":1,"definitions":1})") ==
             "7 invalid_option ");
  BOOST_TEST(refusal(R"({"id":7,"op":"cast","schema":{},"value":1,"keepExtra":1})") ==
             "7 invalid_option /keepExtra");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","schema":{"items":{"typ":1}},"value":1})") ==
             "7 schema_invalid /items/typ");
  BOOST_TEST(refusal(R"({"id":7,"op":"check","schema":{"not":{"$ref":"X"}},"value":1})") ==
             "7 unresolved_reference /not/$ref");
  BOOST_TEST(refusal(R"({"id":7,"op":"create","schema":{"format":"date"}})") == "7 create_failed ");
  BOOST_TEST(refusal(R"({"id":7,"op":"patch","value":[],"edits":[{"type":"x","path":""}]})") ==
             "7 patch_failed /0/type");
}

BOOST_AUTO_TEST_CASE(choose_their_dialect) {
  const auto ask = [](const std::string& dialect, const std::string& more) {
    return answer(
        R"({"op":"check","schema":{"maxLength":1,"unknown":1,"format":"date"},"value":"\ud83d\ude00","dialect":")" +
        dialect + "\"" + more + "}");
  };
  BOOST_TEST(ask("draft2020_12", "") == R"({"id":null,"ok":true,"result":true})");
  BOOST_TEST(ask("draft2020_12", R"(,"assertFormats":true)") ==
             R"({"id":null,"ok":true,"result":false})");
  BOOST_TEST(ask("module", "").find(R"("code":"schema_invalid")") != std::string::npos);
  BOOST_TEST(ask("draft2020_12", R"(,"definitions":{})").find(R"("code":"invalid_option")") !=
             std::string::npos);
  BOOST_TEST(ask("draft2020_12", R"(,"assertFormats":0)").find(R"("pointer":"/assertFormats")") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(keep_numbers_as_they_are) {
  for (const auto* number : {"9007199254740993", "-9223372036854775808", "18446744073709551615",
                             "0.5", "1.8446744073701845e+39", "5e-324"}) {
    const auto line = std::string{R"({"op":"patch","value":)"} + number + R"(,"edits":[]})";
    BOOST_TEST(answer(line) == std::string{R"({"id":null,"ok":true,"result":)"} + number + "}");
  }
}

BOOST_AUTO_TEST_CASE(may_hold_documents_as_deep_as_documents_may_be) {
  const auto request = [](std::size_t depth) {
    return R"({"id":1,"op":"check","schema":{},"value":)" + nested(depth) + "}";
  };
  BOOST_TEST(answer(request(128)) == R"({"id":1,"ok":true,"result":true})");
  BOOST_TEST(refusal(request(129)) == "null depth_exceeded ");
}

BOOST_AUTO_TEST_CASE(share_schemas_in_a_bounded_cache) {
  schema_cache cache{{.schemas = 3, .bytes = 100}};
  const auto get = [&](const json::value& schema) { return cache.get(schema, {}).value().get(); };
  const auto schema_of = [](std::string name) {
    return json::value(json::object{{"title", std::move(name)}});
  };
  const auto* first = get(schema_of("a"));
  BOOST_TEST(get(schema_of("a")) == first);
  get(schema_of("b"));
  get(schema_of("c"));
  BOOST_TEST(get(schema_of("a")) == first);  // and is the last used again
  get(schema_of("d"));
  BOOST_TEST(cache.size() == 3U);
  BOOST_TEST(get(schema_of("a")) == first);
  get(schema_of(std::string(80, 'x')));  // leaves no room for another
  BOOST_TEST(cache.size() == 1U);
  get(schema_of(std::string(200, 'y')));  // is never kept
  BOOST_TEST(cache.size() == 1U);
  BOOST_TEST(cache.get(schema_of("a"), {}).has_value());
  BOOST_TEST(cache.get(json::object{{"type", 1}}, {}).has_error());
}

BOOST_AUTO_TEST_CASE(with_other_definitions_are_other_schemas) {
  schema_batch batch{{}};
  const auto ask = [&](const char* constant) {
    return batch.answer(
        std::string{
            R"({"op":"check","schema":{"$ref":"A"},"value":1,"definitions":{"A":{"const":)"} +
        constant + "}}}");
  };
  BOOST_TEST(ask("1") == R"({"id":null,"ok":true,"result":true})");
  BOOST_TEST(ask("2") == R"({"id":null,"ok":true,"result":false})");
}

namespace {

/// A pipe; both ends are closed at the end.
struct pipe_ends {
  std::array<int, 2> ends{};
  pipe_ends() { BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0); }
  ~pipe_ends() {
    ::close(ends[0]);
    close_in();
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;

  void write(std::string_view text) {
    BOOST_TEST_REQUIRE(::write(ends[1], text.data(), text.size()) ==
                       static_cast<ssize_t>(text.size()));
  }
  void close_in() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
};

/// Text that counts as heard only when it was flushed.
class heard_text : public std::stringbuf {
 public:
  /// Waits until `lines` lines were flushed.
  std::string wait_for(std::size_t lines) {
    std::unique_lock hold{lock_};
    changed_.wait(hold, [&] {
      return static_cast<std::size_t>(std::count(heard_.begin(), heard_.end(), '\n')) >= lines;
    });
    return heard_;
  }
  [[nodiscard]] std::size_t flushes() {
    const std::lock_guard hold{lock_};
    return flushes_;
  }

 protected:
  int sync() override {
    const std::lock_guard hold{lock_};
    if (heard_.size() == str().size()) return 0;
    heard_ = str();
    ++flushes_;
    changed_.notify_all();
    return 0;
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::string heard_;
  std::size_t flushes_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(of_a_peer_that_waits_are_answered_one_by_one) {
  pipe_ends input;
  heard_text heard;
  std::ostream text{&heard};
  output out{text, false, false};
  schema_batch batch{{}};
  result<void> served = fail(errc::internal, "not yet");
  std::thread server{[&] { served = serve_batch(batch, input.ends[0], out); }};
  for (std::size_t n = 1; n <= 3; ++n) {
    input.write(R"({"id":)" + std::to_string(n) + R"(,"op":"create","schema":{"const":0}})" + "\n");
    BOOST_TEST(heard.wait_for(n).ends_with(R"({"id":)" + std::to_string(n) +
                                           R"(,"ok":true,"result":0})" + "\n"));
  }
  input.close_in();
  server.join();
  BOOST_TEST(served.has_value());
}

BOOST_AUTO_TEST_CASE(that_wait_together_are_answered_together_in_order) {
  pipe_ends input;
  std::string requests;
  std::string expected;
  for (int n = 0; n < 500; ++n) {
    requests += R"({"id":)" + std::to_string(n) + R"(,"op":"diff","left":1,"right":1})" + "\n";
    expected += R"({"id":)" + std::to_string(n) + R"(,"ok":true,"result":[]})" + "\n";
  }
  input.write(requests);
  input.close_in();
  heard_text heard;
  std::ostream text{&heard};
  output out{text, false, false};
  schema_batch batch{{}};
  BOOST_TEST(serve_batch(batch, input.ends[0], out).has_value());
  BOOST_TEST(heard.wait_for(500) == expected);
  BOOST_TEST(heard.flushes() <= 3U);
}

BOOST_AUTO_TEST_CASE(fail_as_a_whole_only_when_the_answers_cannot_be_written) {
  pipe_ends input;
  input.write("x\n");
  input.close_in();
  std::ostringstream text;
  text.setstate(std::ios::badbit);
  output out{text, false, false};
  schema_batch batch{{}};
  BOOST_TEST(serve_batch(batch, input.ends[0], out).error().code == errc::storage_io);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
