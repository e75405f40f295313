/**
 * Requests and answers: whether an answer may stand, how long it took, and what is still awaited.
 */
@NullMarked
package org.entente.gateway.request;

import org.jspecify.annotations.NullMarked;
