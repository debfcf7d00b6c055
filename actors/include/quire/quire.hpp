#pragma once

// Everything an embedder needs from ordinary threads. Actors include quire/actors/tenant_actor.hpp as well.
#include <quire/actors/engine.hpp>
