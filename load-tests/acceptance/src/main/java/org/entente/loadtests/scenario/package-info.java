/**
 * Scenarios: what agencies do with each other, written in a file, run over real gateways and
 * checked step by step. Seen from outside: only what clients, files and metrics tell.
 */
@NullMarked
package org.entente.loadtests.scenario;

import org.jspecify.annotations.NullMarked;
