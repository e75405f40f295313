/**
 * Systems in use today, each configured by its own documentation for guarantees as near to the
 * gateways' as possible. Each main class measures one of them and prints one line of JSON.
 */
@NullMarked
package org.entente.loadtests.baselines;

import org.jspecify.annotations.NullMarked;
