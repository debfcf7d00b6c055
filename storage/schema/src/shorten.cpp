#include "compiler.hpp"

namespace quire::schema {

void shorten(program& p) {
  std::vector<index> instead(p.nodes.size());
  for (index n = 0; n < p.nodes.size(); ++n) {
    const auto& x = p.nodes[n];
    const bool bare = x.types == kinds::all && x.number == none && x.string == none &&
                      x.array == none && x.object == none && x.standard == none &&
                      x.annotations == none;
    instead[n] = n;
    if (!bare) continue;
    if (x.logic == none) {
      instead[n] = any_node;
      continue;
    }
    const auto& rules = p.logics[x.logic];
    const bool others = rules.constant != none || rules.literals != none || rules.negated != none ||
                        rules.all_of.count != 0 || rules.any_of.count != 0 ||
                        rules.one_of.count != 0;
    if (others) continue;
    if (rules.never) {
      instead[n] = never_node;
    } else if (rules.reference != none) {
      instead[n] = rules.reference;
    }
  }
  auto meant = [&](index& n) {
    while (n != none && instead[n] != n) n = instead[n];
  };
  for (auto& n : instead) meant(n);
  for (auto& n : p.links) meant(n);
  for (auto& x : p.properties) meant(x.node);
  for (auto& x : p.pattern_properties) meant(x.node);
  for (auto& x : p.arrays) {
    meant(x.rest);
    meant(x.contains);
  }
  for (auto& x : p.objects) {
    meant(x.additional);
    meant(x.unevaluated);
    x.sparse = x.patterns.count == 0 && x.additional == any_node;
  }
  for (auto& x : p.logics) {
    meant(x.reference);
    meant(x.negated);
  }
  for (auto& x : p.standards) {
    for (auto* n : {&x.dynamic_reference, &x.condition, &x.consequence, &x.alternative,
                    &x.property_names, &x.unevaluated_items, &x.unevaluated_properties}) {
      meant(*n);
    }
  }
  for (auto& x : p.dependencies) meant(x.node);
  for (auto& x : p.bindings) meant(x.node);
  meant(p.root);
  for (auto& x : p.nodes) {
    x.only_types = x.number == none && x.string == none && x.array == none && x.object == none &&
                   x.logic == none && x.standard == none;
  }
}

}  // namespace quire::schema
