namespace SimEval.Worlds.Driving.Geometry;

/// <summary>A position in m and a heading in rad (counter-clockwise from +x, any turn).</summary>
public readonly record struct Pose(double X, double Y, double Heading);
