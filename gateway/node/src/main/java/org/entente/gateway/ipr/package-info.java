/**
 * Customs enforcement of intellectual property rights: recordations, suspensions of goods, notices
 * and their deadlines, answers of rights holders, and how cases end. What follows from what is
 * decided by {@link org.entente.gateway.ipr.Procedure} and {@link
 * org.entente.gateway.ipr.RecordationLifecycle}, which know no disk and no clock.
 */
@NullMarked
package org.entente.gateway.ipr;

import org.jspecify.annotations.NullMarked;
