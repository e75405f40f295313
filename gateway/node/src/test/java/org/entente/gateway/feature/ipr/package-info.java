@NullMarked
package org.entente.gateway.feature.ipr;

import org.jspecify.annotations.NullMarked;
