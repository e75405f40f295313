/** Requests and answers: validity of answers, deadlines, and pending requests. */
@NullMarked
package org.entente.gateway.request;

import org.jspecify.annotations.NullMarked;
