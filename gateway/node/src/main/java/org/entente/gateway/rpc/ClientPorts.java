package org.entente.gateway.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.intake.PolicyExplainer;
import org.entente.gateway.intake.ReleaseDecisions;
import org.entente.gateway.ipr.HolderDesk;
import org.entente.gateway.ipr.IprOffice;
import org.entente.gateway.operation.OperationLead;
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
 * The implementations behind the services for clients.
 *
 * @param publish publishes a caller's draft; completes once the outcome is durable
 * @param explain explains the policy decision on a draft
 * @param releases messages held for release by a second person
 * @param recalling recalls the agency's messages
 * @param consents requests and decides consents of originators
 * @param tasking charges: who acts on which message
 * @param retention erases and holds received messages
 * @param subscriptions the cursors
 * @param searching searches received messages
 * @param watches standing queries over received messages
 * @param scores clients' scores of received messages
 * @param tracking evidence about the agency's own messages
 * @param requests the state of requests, and responders
 * @param pairs this gateway's signing pairs
 * @param quarantine quarantined messages
 * @param links the links to other gateways
 * @param cursors operators' administration of durable cursors
 * @param backups backups of the ledger
 * @param audit the transparency log
 * @param auditOpener opens its leaves
 * @param proving makes proofs about single messages
 * @param exporting exports audit records of a period or a subject
 * @param convening founds, changes and closes joint operations
 * @param operations views of joint operations
 * @param iprOffice recordations of rights and their cases, for officers
 * @param holderDesk the same for rights holders
 * @param cap conversion to and from CAP documents
 * @param policy queries about the policy in force
 * @param names the names that calls may use
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
