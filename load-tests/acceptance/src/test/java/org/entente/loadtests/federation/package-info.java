@NullMarked
package org.entente.loadtests.federation;

import org.jspecify.annotations.NullMarked;
