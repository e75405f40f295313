@NullMarked
package org.entente.gateway.config;

import org.jspecify.annotations.NullMarked;
