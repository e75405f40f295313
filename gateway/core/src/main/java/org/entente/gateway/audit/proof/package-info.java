/** Proofs that anyone can check from files and the federation's roots alone. */
@NullMarked
package org.entente.gateway.audit.proof;

import org.jspecify.annotations.NullMarked;
