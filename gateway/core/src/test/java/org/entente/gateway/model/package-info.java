@NullMarked
package org.entente.gateway.model;

import org.jspecify.annotations.NullMarked;
