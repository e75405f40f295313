/**
 * Common values of all other packages, and the durable writing of a file. Each value is parsed once
 * into a bounded type and never validated again. Uses the JDK only.
 */
@NullMarked
package org.entente.gateway.model;

import org.jspecify.annotations.NullMarked;
