/** The admin endpoint: metrics and health over plain HTTP, for a protected network only. */
@NullMarked
package org.entente.gateway.admin;

import org.jspecify.annotations.NullMarked;
