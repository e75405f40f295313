/**
 * How federations grow: the laws behind what the simulation of many sizes has measured, as a page,
 * as JSON and as charts.
 */
@NullMarked
package org.entente.loadtests.scale;

import org.jspecify.annotations.NullMarked;
