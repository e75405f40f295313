package org.entente.gateway.feature.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.CreateSubscriptionResponse;
import org.entente.proto.v1.DeleteSubscriptionRequest;
import org.entente.proto.v1.DeleteSubscriptionResponse;
import org.entente.proto.v1.ListDeadLettersRequest;
import org.entente.proto.v1.ListDeadLettersResponse;
import org.entente.proto.v1.ListSubscriptionsRequest;
import org.entente.proto.v1.ListSubscriptionsResponse;
import org.entente.proto.v1.SettleDeadLettersRequest;
import org.entente.proto.v1.SettleDeadLettersResponse;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionState;
import org.entente.proto.v1.SubscriptionsGrpc;

/** The Subscriptions service over {@link ClientSubscriptions}. */
final class SubscriptionsService implements BindableService {
  private final ClientSubscriptions subscriptions;
  private final KnownNames names;
  private final ErasedMessages erased;

  SubscriptionsService(ClientSubscriptions subscriptions, KnownNames names, ErasedMessages erased) {
    this.subscriptions = subscriptions;
    this.names = names;
    this.erased = erased;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(SubscriptionsGrpc.getServiceDescriptor())
        .unary(
            SubscriptionsGrpc.getCreateSubscriptionMethod(),
            Scope.SUBSCRIBE,
            CallCost.RUN,
            DiskUse.DEFERRABLE,
            this::create)
        .unary(
            SubscriptionsGrpc.getListSubscriptionsMethod(),
            () -> Caller.requireAny(Scope.SUBSCRIBE, Scope.OPERATOR),
            CallCost.SEARCH,
            DiskUse.NONE,
            this::list)
        .unary(
            SubscriptionsGrpc.getDeleteSubscriptionMethod(),
            () -> Caller.requireAny(Scope.SUBSCRIBE, Scope.OPERATOR),
            CallCost.CHANGE,
            DiskUse.MIXED,
            this::delete)
        .unary(
            SubscriptionsGrpc.getListDeadLettersMethod(),
            Scope.SUBSCRIBE,
            CallCost.SEARCH,
            DiskUse.NONE,
            this::deadLetters)
        .later(
            SubscriptionsGrpc.getSettleDeadLettersMethod(),
            Scope.SUBSCRIBE,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::settle)
        .unary(
            SubscriptionsGrpc.getListErasedMethod(),
            Scope.SUBSCRIBE,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(erased.page(caller.name(), request)))
        .build();
  }

  private CreateSubscriptionResponse create(Identified caller, CreateSubscriptionRequest request) {
    SubscriptionSettings settings = request.getSettings();
    StatusMapper.refuse(names.filter("settings.filter", settings.getFilter()));
    return StatusMapper.value(
        subscriptions.create(
            caller.name(), request, condition -> names.condition("settings.condition", condition)));
  }

  private ListSubscriptionsResponse list(Identified caller, ListSubscriptionsRequest request) {
    boolean operator = caller.scopes().contains(Scope.OPERATOR);
    String own = caller.name().value();
    if (!operator && !request.getClient().isEmpty() && !request.getClient().equals(own)) {
      Caller.require(Scope.OPERATOR);
    }
    ClientSubscriptions.SubscriptionList listed =
        operator
            ? StatusMapper.value(subscriptions.list(request.getClient()))
            : subscriptions.listOwn(caller.name());
    ListSubscriptionsResponse.Builder response =
        ListSubscriptionsResponse.newBuilder()
            .setLastPosition(listed.lastPosition())
            .setMore(listed.more());
    for (ClientSubscriptions.Listed one : listed.subscriptions()) {
      response.addSubscriptions(state(one, one.client().equals(own)));
    }
    return response.build();
  }

  private static SubscriptionState state(ClientSubscriptions.Listed one, boolean whole) {
    CursorBacklog backlog = one.backlog();
    SubscriptionState.Builder state =
        SubscriptionState.newBuilder()
            .setClient(one.client())
            .setName(one.name())
            .setStreams(one.streams())
            .setDeadLetters(one.deadLetters())
            .setNextPosition(backlog.nextPosition())
            .setMessagesBehind(backlog.messages())
            .setMoreBehind(backlog.more());
    one.settings()
        .map(all -> whole ? all : all.toBuilder().clearFilter().clearCondition().build())
        .ifPresent(state::setSettings);
    if (backlog.sinceMillis() > 0) {
      state.setOldestReceivedAt(Timestamps.fromMillis(backlog.sinceMillis()));
    }
    return state.build();
  }

  private DeleteSubscriptionResponse delete(Identified caller, DeleteSubscriptionRequest request) {
    boolean own = request.getClient().isEmpty() && caller.scopes().contains(Scope.SUBSCRIBE);
    if (!own) {
      Caller.require(Scope.OPERATOR);
    }
    long next =
        StatusMapper.value(
            own
                ? subscriptions.deleteOwn(caller.name(), request.getName())
                : subscriptions.delete(
                    caller.name(),
                    request.getClient(),
                    request.getName(),
                    request.getOnBehalfOf()));
    return DeleteSubscriptionResponse.newBuilder().setNextPosition(next).build();
  }

  private ListDeadLettersResponse deadLetters(Identified caller, ListDeadLettersRequest request) {
    return ListDeadLettersResponse.newBuilder()
        .addAllDeadLetters(
            StatusMapper.value(subscriptions.deadLetters(caller.name(), request.getName())))
        .build();
  }

  private CompletableFuture<SettleDeadLettersResponse> settle(
      Identified caller, SettleDeadLettersRequest request) {
    return subscriptions
        .settle(caller.name(), request)
        .thenApply(
            settled ->
                SettleDeadLettersResponse.newBuilder()
                    .setSettled(StatusMapper.value(settled))
                    .build());
  }
}
