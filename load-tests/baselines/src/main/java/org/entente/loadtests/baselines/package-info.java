/**
 * What users have today, each configured by its own documentation for what comes nearest to the
 * gateways' guarantees. Each main class measures one of them and prints one line of JSON.
 */
@NullMarked
package org.entente.loadtests.baselines;

import org.jspecify.annotations.NullMarked;
