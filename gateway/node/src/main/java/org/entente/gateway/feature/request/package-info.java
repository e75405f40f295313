/** Requests and answers: validity of answers, deadlines, and pending requests. */
@NullMarked
package org.entente.gateway.feature.request;

import org.jspecify.annotations.NullMarked;
