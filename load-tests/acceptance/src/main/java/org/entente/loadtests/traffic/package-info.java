/** What outside clients do: publish, subscribe, and keep count of both. */
@NullMarked
package org.entente.loadtests.traffic;

import org.jspecify.annotations.NullMarked;
