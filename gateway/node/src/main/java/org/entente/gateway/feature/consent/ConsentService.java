package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.AskConsentRequest;
import org.entente.proto.v1.AskConsentResponse;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.ConsentSide;
import org.entente.proto.v1.ConsentTerms;
import org.entente.proto.v1.DenyConsentRequest;
import org.entente.proto.v1.DenyConsentResponse;
import org.entente.proto.v1.GrantConsentRequest;
import org.entente.proto.v1.GrantConsentResponse;
import org.entente.proto.v1.ListConsentsRequest;
import org.entente.proto.v1.ListConsentsResponse;
import org.entente.proto.v1.RevokeConsentRequest;
import org.entente.proto.v1.RevokeConsentResponse;

/**
 * The Consent service over {@link ConsentRequests}, {@link ConsentDecisions} and {@link
 * ConsentList}.
 */
final class ConsentService implements BindableService {
  private final ConsentRequests asking;
  private final ConsentDecisions deciding;
  private final ConsentList consents;
  private final KnownNames names;

  ConsentService(
      ConsentRequests asking, ConsentDecisions deciding, ConsentList consents, KnownNames names) {
    this.asking = asking;
    this.deciding = deciding;
    this.consents = consents;
    this.names = names;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(ConsentGrpc.getServiceDescriptor())
        .later(
            ConsentGrpc.getAskConsentMethod(),
            Scope.CONSENT,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::askConsent)
        .unary(
            ConsentGrpc.getListConsentsMethod(),
            Scope.CONSENT,
            CallCost.SEARCH,
            DiskUse.NONE,
            (caller, request) -> listConsents(request))
        .later(
            ConsentGrpc.getGrantConsentMethod(),
            Scope.CONSENT,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::grantConsent)
        .later(
            ConsentGrpc.getDenyConsentMethod(),
            Scope.CONSENT,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::denyConsent)
        .later(
            ConsentGrpc.getRevokeConsentMethod(),
            Scope.CONSENT,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::revokeConsent)
        .build();
  }

  private CompletableFuture<AskConsentResponse> askConsent(
      Identified caller, AskConsentRequest request) {
    StatusMapper.refuse(
        names
            .agencies("agencies", request.getAgenciesList())
            .or(() -> names.memberJurisdictions("jurisdictions", request.getJurisdictionsList())));
    ConsentAsked.Builder asked =
        ConsentAsked.newBuilder()
            .addAllMessageIds(request.getMessageIdsList())
            .addAllAgencies(request.getAgenciesList())
            .addAllJurisdictions(request.getJurisdictionsList())
            .addAllPurposesValue(request.getPurposesValueList())
            .setReason(request.getReason());
    if (request.hasUntil()) {
      asked.setUntil(request.getUntil());
    }
    return asking
        .ask(caller.name(), asked.build(), request.getOnBehalfOf())
        .thenApply(StatusMapper::value)
        .thenApply(
            sent ->
                AskConsentResponse.newBuilder()
                    .setConsentId(ByteString.copyFrom(sent.consent().bytes()))
                    .setOriginator(sent.originator().value())
                    .build());
  }

  private ListConsentsResponse listConsents(ListConsentsRequest request) {
    ByteString token = request.getPageToken();
    ConsentList.ConsentPage page =
        consents.page(
            side(request.getSide()),
            request.getEndedToo(),
            token.isEmpty() ? null : RequestFields.id("page_token", token),
            PageLimits.LIST.require(request.getPageSize()));
    MessageId next = page.next();
    return ListConsentsResponse.newBuilder()
        .addAllConsents(page.consents())
        .setNextPageToken(next == null ? ByteString.EMPTY : ByteString.copyFrom(next.bytes()))
        .build();
  }

  private static Side side(ConsentSide side) {
    return switch (side) {
      case CONSENT_SIDE_ORIGINATOR -> Side.ORIGINATOR;
      case CONSENT_SIDE_ASKER -> Side.ASKER;
      case CONSENT_SIDE_UNSPECIFIED, UNRECOGNIZED ->
          throw StatusMapper.exception(
              new Problem(Code.INVALID_FIELD, "side", "is required: ORIGINATOR or ASKER"));
    };
  }

  private CompletableFuture<GrantConsentResponse> grantConsent(
      Identified caller, GrantConsentRequest request) {
    MessageId id = RequestFields.id("consent_id", request.getConsentId());
    GrantedScope narrowing =
        new GrantedScope(
            request.getAgenciesList(),
            request.getJurisdictionsList(),
            request.getPurposesList(),
            request.hasUntil() ? request.getUntil() : null);
    return deciding
        .grant(caller.name(), id, narrowing, request.getOnBehalfOf())
        .thenApply(StatusMapper::value)
        .thenApply(done -> GrantConsentResponse.newBuilder().setGranted(terms(done)).build());
  }

  private static ConsentTerms terms(ConsentDecisions.Decided done) {
    ConsentStatement.Terms granted = done.granted();
    return granted == null ? ConsentTerms.getDefaultInstance() : ConsentList.terms(granted);
  }

  private CompletableFuture<DenyConsentResponse> denyConsent(
      Identified caller, DenyConsentRequest request) {
    MessageId id = RequestFields.id("consent_id", request.getConsentId());
    return deciding
        .deny(caller.name(), id, request.getReason(), request.getOnBehalfOf())
        .thenApply(StatusMapper::value)
        .thenApply(done -> DenyConsentResponse.newBuilder().setDeniedAt(at(done)).build());
  }

  private CompletableFuture<RevokeConsentResponse> revokeConsent(
      Identified caller, RevokeConsentRequest request) {
    MessageId id = RequestFields.id("consent_id", request.getConsentId());
    return deciding
        .revoke(caller.name(), id, request.getReason(), request.getOnBehalfOf())
        .thenApply(StatusMapper::value)
        .thenApply(done -> RevokeConsentResponse.newBuilder().setRevokedAt(at(done)).build());
  }

  private static Timestamp at(ConsentDecisions.Decided done) {
    return Timestamps.fromMillis(done.at().toEpochMilli());
  }
}
