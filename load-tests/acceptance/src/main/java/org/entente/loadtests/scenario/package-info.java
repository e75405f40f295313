/**
 * Scenarios: cooperation of agencies, written in files, run with real gateways and checked step by
 * step. They observe gateways only from outside: by clients, files and metrics.
 */
@NullMarked
package org.entente.loadtests.scenario;

import org.jspecify.annotations.NullMarked;
