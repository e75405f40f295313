/**
 * Measurements of single parts of a gateway, for costs that cannot be separated from outside. The
 * only package of this module that uses a gateway's internal classes.
 */
@NullMarked
package org.entente.loadtests.inside;

import org.jspecify.annotations.NullMarked;
