/** The demonstration: publish and deliver end to end, with a gateway killed in mid-stream. */
@NullMarked
package org.entente.loadtests.demo;

import org.jspecify.annotations.NullMarked;
