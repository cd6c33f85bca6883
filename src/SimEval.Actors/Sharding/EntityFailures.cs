namespace SimEval.Actors.Sharding;

/// <summary>
/// The entity's code threw on a command, a message, or one of its events: it handles nothing until it is unparked. Other
/// entities are not touched.
/// </summary>
/// <param name="entity">Which.</param>
/// <param name="cause">What it threw.</param>
public sealed class EntityParkedException(EntityAddress entity, Exception cause)
    : Exception($"{entity} is parked: {cause.Message}", cause);

/// <summary>The shard handles nothing any more in this process (fenced, retired, or its store failed): see the cause.</summary>
/// <param name="shard">The shard's name.</param>
/// <param name="cause">Why.</param>
public sealed class ShardStoppedException(string shard, Exception? cause)
    : Exception($"Shard {shard} has stopped: {cause?.Message ?? "its host has shut down."}", cause);

/// <summary>A command's number fell out of the window of remembered commands: whether it was applied is no longer known.</summary>
/// <param name="client">The client.</param>
/// <param name="seq">The number.</param>
public sealed class CommandTooOldException(string client, long seq)
    : Exception($"Command {seq} of {client} is older than the commands that are remembered.");

/// <summary>An entity that handles nothing, visibly.</summary>
/// <param name="Entity">Which.</param>
/// <param name="Shard">Its shard's name.</param>
/// <param name="Cause">Why.</param>
public sealed record ParkedEntity(EntityAddress Entity, string Shard, Exception Cause);
