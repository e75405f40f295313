/** Tests of the laws of growth. */
@NullMarked
package org.entente.loadtests.scale;

import org.jspecify.annotations.NullMarked;
