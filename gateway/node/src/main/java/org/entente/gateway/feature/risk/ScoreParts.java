package org.entente.gateway.feature.risk;

import java.security.SecureRandom;
import java.util.Set;
import java.util.function.Supplier;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.receive.InboxOpener;

/**
 * What {@link ScoreDesk} works with.
 *
 * @param indicators those of the node's code lists; empty where anything may be
 */
public record ScoreParts(
    AgencyName self,
    Ledger ledger,
    InboxOpener opening,
    Desks desks,
    LabelCheck check,
    Supplier<Set<String>> indicators,
    ScoreBands bands,
    SecureRandom random,
    Meters meters) {}
