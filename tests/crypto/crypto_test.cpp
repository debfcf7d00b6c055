#include <quire/crypto/base62.hpp>
#include <quire/crypto/digest.hpp>
#include <quire/crypto/key_text.hpp>
#include <quire/crypto/secret_text.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/test/fixed_environment.hpp>
#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <type_traits>
#include <unordered_set>

namespace quire::crypto {
namespace {

template <class T>
concept printed = requires(std::ostream& out, const T& x) {
  out << x;
};

std::string hex_of(std::string_view text) { return to_hex(sha256(text)); }

std::string base62(std::span<const std::byte> number) {
  std::string out(base62_width(number.size()), '?');
  encode_base62(number, out);
  return out;
}

/// `^qk_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}$`
bool has_key_form(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
  };
  return text.size() == 69 && text.substr(0, 3) == "qk_" && digits(text.substr(3, 22)) &&
         text[25] == '_' && digits(text.substr(26));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(are_those_of_the_standard) {
  BOOST_TEST(hex_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(hex_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(hex_of(std::string(1'000'000, 'a')) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(are_read_from_lower_case_digits_only) {
  const auto text = hex_of("abc");
  BOOST_TEST((digest_from_hex(text) == sha256("abc")));
  auto upper = text;
  upper[0] = 'B';
  for (const auto& bad : {std::string{}, text.substr(1), text + "0", upper, text.substr(1) + " ",
                          text.substr(1) + std::string(1, '\0')})
    BOOST_TEST(!digest_from_hex(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(compare_every_byte_and_the_size) {
  const auto whole = sha256("abc");
  BOOST_TEST(equal_in_constant_time(whole, sha256("abc")));
  BOOST_TEST(equal_in_constant_time({}, {}));
  BOOST_TEST(!equal_in_constant_time(whole, std::span{whole}.first(31)));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto other = whole;
    other[bit / 8] ^= std::byte{1} << (bit % 8);
    BOOST_TEST(!equal_in_constant_time(whole, other));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(base_62)

BOOST_AUTO_TEST_CASE(writes_the_ends_of_its_range) {
  std::array<std::byte, 16> id{};
  BOOST_TEST(base62(id) == std::string(22, '0'));
  id[15] = std::byte{61};
  BOOST_TEST(base62(id) == std::string(21, '0') + "z");
  id[15] = std::byte{62};
  BOOST_TEST(base62(id) == std::string(20, '0') + "10");
  id.fill(std::byte{255});
  BOOST_TEST(base62(id) == "7n42DGM5Tflk9n8mt7Fhc7");  // 2^128 - 1
}

BOOST_AUTO_TEST_CASE(reads_what_it_writes) {
  test::random_source random;
  for (int round = 0; round < 2'000; ++round) {
    std::array<std::byte, 32> number;
    for (auto& b : number) b = static_cast<std::byte>(random.below(256));
    std::fill_n(number.begin(), random.below(33), std::byte{0});
    std::array<std::byte, 32> back;
    BOOST_REQUIRE(decode_base62(base62(number), back));
    BOOST_TEST((back == number), "seed " << random.used());
  }
}

BOOST_AUTO_TEST_CASE(refuses_other_characters_and_numbers_too_large) {
  std::array<std::byte, 16> out;
  BOOST_TEST(decode_base62("7n42DGM5Tflk9n8mt7Fhc7", out));
  BOOST_TEST(!decode_base62("7n42DGM5Tflk9n8mt7Fhc8", out));
  BOOST_TEST(!decode_base62(std::string(22, 'z'), out));
  for (const auto* bad : {"-", "_", " 1", "1\n", "\xC3\xA4", "/", ":", "@", "[", "`", "{"})
    BOOST_TEST(!decode_base62(bad, out), bad);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text_of_keys)

BOOST_AUTO_TEST_CASE(is_that_of_the_test_vector) {
  const row_id row{"0190b4f1-a2b3-7c4d-8e5f-60718293a4b5"};
  std::array<std::byte, key_secret_bytes> secret;
  for (unsigned i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::byte>(0x10 + i);
  const auto made = make_key_text(row, secret);
  BOOST_REQUIRE(made);
  BOOST_TEST(made->reveal() ==
             "qk_02x7epRvEmqN3Vtnd8D3FF_3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz");
  BOOST_TEST(hex_of(made->reveal()) ==
             "6ca2f377a32cfc3f8c29f8f493f51090ceeb05365be299cb64f29a94558c9cb5");
  BOOST_TEST((row_of_key_text(made->reveal()) == row));
}

BOOST_AUTO_TEST_CASE(needs_a_uuid_in_lower_case) {
  const std::array<std::byte, key_secret_bytes> secret{};
  for (const auto* id :
       {"", "k1", "0190B4F1-a2b3-7c4d-8e5f-60718293a4b5", "0190b4f1xa2b3-7c4d-8e5f-60718293a4b5",
        "0190b4f1-a2b3-7c4d-8e5f-60718293a4b", "0190b4f1-a2b3-7c4d-8e5f-60718293a4bg"}) {
    const auto made = make_key_text(row_id{id}, secret);
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().code == errc::invalid_key);
    BOOST_TEST(made.error().context.find("UUID") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(differs_and_keeps_its_form_in_a_hundred_thousand_keys) {
  test::fixed_environment env;
  id_maker ids{env.get()};
  std::unordered_set<std::string> seen;
  for (int i = 0; i < 100'000; ++i) {
    std::array<std::byte, key_secret_bytes> secret;
    env.get().random->fill(secret);
    const auto row = ids.next();
    const auto made = make_key_text(row, secret);
    BOOST_REQUIRE(made);
    const auto text = made->reveal();
    if (!has_key_form(text)) BOOST_ERROR("bad form of the key with id " << row);
    if (row_of_key_text(text) != row) BOOST_ERROR("another id than " << row);
    if (!seen.emplace(text.substr(26)).second) BOOST_ERROR("a secret occurs twice");
  }
}

BOOST_AUTO_TEST_CASE(has_an_id_only_in_its_own_form) {
  const std::string good = "qk_02x7epRvEmqN3Vtnd8D3FF_3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz";
  BOOST_TEST(row_of_key_text(good).has_value());
  for (const auto& bad :
       {std::string{}, good + "x", good.substr(1), "qK" + good.substr(2),
        good.substr(0, 25) + "-" + good.substr(26), good.substr(0, 68) + "!",
        "qk_" + std::string(22, 'z') + good.substr(25), good.substr(0, 26) + std::string(43, 'z')})
    BOOST_TEST(!row_of_key_text(bad).has_value(), bad);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(are_moved_and_neither_copied_nor_printed) {
  static_assert(!std::is_copy_constructible_v<secret_text>);
  static_assert(!std::is_copy_assignable_v<secret_text>);
  static_assert(std::is_nothrow_move_constructible_v<secret_text>);
  static_assert(!printed<secret_text>);
  secret_text a{"hunter2"};
  secret_text b = std::move(a);
  BOOST_TEST(a.empty());
  BOOST_TEST(b.reveal() == "hunter2");
  b = secret_text{"other"};
  BOOST_TEST(b.reveal() == "other");
  b.clear();
  BOOST_TEST(b.empty());
  BOOST_TEST(b.reveal().empty());
}

BOOST_AUTO_TEST_CASE(are_overwritten) {
  std::array<char, 8> memory{'s', 'e', 'c', 'r', 'e', 't', '!', '!'};
  wipe(std::span<char>{memory}.first(6));
  BOOST_TEST(std::string_view(memory.data(), memory.size()) ==
             std::string_view("\0\0\0\0\0\0!!", 8));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::crypto
