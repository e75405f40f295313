/**
 * Customs enforcement of intellectual property rights: recordations, suspensions of goods, notices
 * and their deadlines, rights holders' answers, and closure of cases. {@link
 * org.entente.gateway.feature.ipr.Procedure} and {@link
 * org.entente.gateway.feature.ipr.RecordationLifecycle} decide which acts are possible, without
 * disk or clock.
 */
@NullMarked
package org.entente.gateway.feature.ipr;

import org.jspecify.annotations.NullMarked;
