#include <quire/quire.hpp>

#include <iostream>

int main(int argc, char** argv) {
  auto engine = quire::engine::open({.dir = argc > 1 ? argv[1] : "hello-data"}).value();
  const quire::org_id org{"acme"};
  if (!engine.find_organization(org)) engine.create_tenant({.id = org, .owner_email = "root@example.org"}).value();
  auto acme = engine.tenant(org, quire::access::open{}).value();
  acme.define(quire::graph_type_name{"notes"},
              R"({"NoteNode": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}})")
      .value();
  auto notes = acme.create(quire::create_graph{.name = "notes", .type = quire::graph_type_name{"notes"}}).value();
  auto note = acme.create(quire::create_node{.graph = notes.id,
                                             .key = quire::node_key{"first"},
                                             .attributes = quire::document::parse(R"({"text": "hello"})").value()})
                  .value();
  std::cout << "stored " << note.type << " '" << note.key << "': " << note.attributes.text() << '\n';
}
