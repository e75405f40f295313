/** The admin port: metrics and health over plain HTTP for a protected network, and hosted pages. */
@NullMarked
package org.entente.gateway.admin;

import org.jspecify.annotations.NullMarked;
