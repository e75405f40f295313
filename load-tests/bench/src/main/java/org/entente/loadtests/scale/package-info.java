/**
 * Growth laws of federations, fitted to simulations of many sizes, as a page, as JSON and as
 * charts.
 */
@NullMarked
package org.entente.loadtests.scale;

import org.jspecify.annotations.NullMarked;
