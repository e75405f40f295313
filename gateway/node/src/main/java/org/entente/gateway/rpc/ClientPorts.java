package org.entente.gateway.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.intake.OperationLead;
import org.entente.gateway.intake.PolicyExplainer;
import org.entente.gateway.intake.ReleaseDecisions;
import org.entente.gateway.ipr.HolderDesk;
import org.entente.gateway.ipr.IprOffice;
import org.entente.gateway.operator.Cursors;
import org.entente.gateway.operator.Links;
import org.entente.gateway.operator.Quarantine;
import org.entente.gateway.report.AuditExporter;
import org.entente.gateway.report.MessageProver;
import org.entente.gateway.report.MessageTracker;
import org.entente.gateway.report.OperationView;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.risk.ScoreDesk;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.search.MessageSearch;
import org.entente.gateway.watch.Watches;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.Outcome;

/**
 * What stands behind the services that clients call.
 *
 * @param publish takes a caller's draft in; completes once the outcome is durable
 * @param explain says what would become of a draft
 * @param releases what waits for a second person
 * @param recalling takes messages of the agency back
 * @param consents asks originators for consent, and consents
 * @param tasking who acts on what
 * @param retention erases and holds received messages
 * @param subscriptions the cursors
 * @param searching finds received messages again
 * @param watches standing queries over what is received
 * @param scores how clients score what was received
 * @param tracking what is known of the agency's own messages
 * @param requests what became of requests, and who may be asked
 * @param pairs what this gateway signs with
 * @param quarantine what this gateway failed on and set aside
 * @param links the links to other gateways
 * @param cursors the durable cursors, as operators see them
 * @param backups copies of the ledger
 * @param audit the transparency log
 * @param auditOpener opens its leaves
 * @param proving makes proofs about single messages
 * @param exporting gives account of a period or a subject
 * @param convening founds, changes and closes joint operations
 * @param operations joint operations as people look at them
 * @param iprOffice recordations of rights and cases under them, for officers
 * @param holderDesk the same for rights holders
 * @param cap CAP documents in and out
 * @param policy questions about the policy in force
 * @param names what calls may name
 */
public record ClientPorts(
    BiFunction<Identified, Draft, CompletableFuture<Outcome>> publish,
    BiFunction<Identified, ExplainRequest, PolicyExplainer.Answer> explain,
    ReleaseDecisions releases,
    MessageRecall recalling,
    ConsentPorts consents,
    TaskingPorts tasking,
    Retention retention,
    Subscriptions subscriptions,
    MessageSearch searching,
    Watches watches,
    ScoreDesk scores,
    MessageTracker tracking,
    RequestPorts requests,
    OwnPairs pairs,
    Quarantine quarantine,
    Links links,
    Cursors cursors,
    OwnBackups backups,
    AuditLog audit,
    LeafOpener auditOpener,
    MessageProver proving,
    AuditExporter exporting,
    OperationLead convening,
    OperationView operations,
    IprOffice iprOffice,
    HolderDesk holderDesk,
    CapBridge cap,
    PolicyQuestions policy,
    KnownNames names) {}
