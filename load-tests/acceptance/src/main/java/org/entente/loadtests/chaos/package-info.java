/** Chaos test: kills gateways at random moments under load and compares their clients' journals. */
@NullMarked
package org.entente.loadtests.chaos;

import org.jspecify.annotations.NullMarked;
