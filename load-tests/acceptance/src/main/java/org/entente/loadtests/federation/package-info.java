/** A throwaway federation of real gateway processes on this machine. */
@NullMarked
package org.entente.loadtests.federation;

import org.jspecify.annotations.NullMarked;
