/** Tests of the demonstration. */
@NullMarked
package org.entente.loadtests.demo;

import org.jspecify.annotations.NullMarked;
